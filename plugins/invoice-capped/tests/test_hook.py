from __future__ import annotations

from importlib.metadata import entry_points

import pluggy

from andel.sdk import hookspecs
from andel_invoice_capped.model import InvoiceCapped


def test_the_distribution_hands_over_its_model_through_the_hook() -> None:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    [found] = entry_points(group=hookspecs.ENTRY_POINTS, name="invoice-capped")
    manager.register(found.load(), found.name)
    manager.check_pending()
    [[model]] = manager.hook.andel_cost_models()
    assert isinstance(model, InvoiceCapped)
    assert (model.id, model.version) == ("invoice-capped", "1.0.0")
