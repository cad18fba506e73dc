"""The drawings as a grid: cells, thumbnails, and the pace "page"."""
