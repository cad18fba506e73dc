from PySide6.QtWidgets import QWidget


class SketchTab(QWidget):
    """Being built."""
