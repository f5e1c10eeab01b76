"""What a relying party of OpenID Connect must check, as pure functions over plain values.

Authlib makes the requests and joserfc verifies signatures; both accept more than is safe. What is checked beside them
stands here as tables of small named checks (``Rules``), each with the reason that a refusal gives and the source of
the rule, so that a test can take any one of them away and see what then gets through.
"""
