"""What do people see? View models, pages, exports, texts.

May import `fleet`, `routing` and `data`.
"""
