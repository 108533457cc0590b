"""What do trainees and instructors see of a rehearsal?"""
