"""Which roles the routes of rehearsals let in, as `roles_of_routes` says of all others."""

ROLES_OF_TRAINING = """
# administrator supervisor
GET /api/training/clock
GET /api/training/marks
GET /api/training/sandbox
GET /training
POST /api/training/clock
POST /api/training/marks
POST /api/training/marks/{mark_id}/set-back
POST /api/training/sandbox
POST /api/training/sandbox/delete
POST /api/training/sandbox/go-on
POST /api/training/sandbox/stop
"""
