"""What have trackers sent, and what is known of them, as rows?"""
