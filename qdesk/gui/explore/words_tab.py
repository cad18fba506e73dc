from PySide6.QtWidgets import QWidget


class WordsTab(QWidget):
    """Being built."""
