"""A document as the files of its folder, in one stable form that keeps what people wrote beside it."""

from andel.tenancy.service.writing.files import files_of, write_files
from andel.tenancy.service.writing.layout import Layout, layout_of

__all__ = ["Layout", "files_of", "layout_of", "write_files"]
