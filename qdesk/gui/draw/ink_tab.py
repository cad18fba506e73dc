from PySide6.QtWidgets import QWidget


class InkTab(QWidget):
    """Being built."""
