"""What did each vehicle do, for how long, how far, with which material?"""
