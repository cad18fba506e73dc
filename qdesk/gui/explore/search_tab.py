from PySide6.QtWidgets import QWidget


class SearchTab(QWidget):
    """Being built."""
