from PySide6.QtWidgets import QWidget


class IconsTab(QWidget):
    """Being built."""
