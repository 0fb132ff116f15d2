"""One X-ray: read from a file, its presentation, its facts."""

from xraydemo.radiograph.presentation import Lookup, Presentation, Window
from xraydemo.radiograph.radiograph import Radiograph, read, read_facts, read_tags
from xraydemo.radiograph.readers.codecs import Codec, codecs
from xraydemo.radiograph.readers.dicom_tags import Tag

__all__ = [
    "Codec",
    "Lookup",
    "Presentation",
    "Radiograph",
    "Tag",
    "Window",
    "codecs",
    "read",
    "read_facts",
    "read_tags",
]
