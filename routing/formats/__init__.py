"""Files of arc routing: public instances and our own problems read, solutions written.

Nothing here opens files: bytes come in, values go out.
"""
