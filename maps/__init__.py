"""What people see: view models, pages, exports, texts. May import `fleet`, `routing` and `data`."""
