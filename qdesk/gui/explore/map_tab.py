from PySide6.QtWidgets import QWidget


class MapTab(QWidget):
    """Being built."""
