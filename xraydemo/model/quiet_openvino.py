"""OpenVINO without its telemetry: it phones home when it converts a model."""

import sys

sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]

import openvino  # noqa: E402  the line above must come first

__all__ = ["openvino"]
