"""Files that a new city starts with, as text: service policy and fleets."""
