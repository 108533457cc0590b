"""What does every endpoint work with: context, errors, pages, uploads, streams?"""
