"""The drawings as a grid: cells, thumbnails, and the pace by the page."""
