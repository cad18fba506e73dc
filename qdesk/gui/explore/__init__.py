"""The Explore page: the open drawings on a map, by word, and searched by picture."""
