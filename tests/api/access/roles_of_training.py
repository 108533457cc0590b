"""Which roles the routes of rehearsals let in, as `roles_of_routes` says of all others."""

ROLES_OF_TRAINING = """
# administrator dispatcher operator driver council supervisor crew
GET /api/training/lessons
GET /training/lessons
POST /api/training/looks

# administrator dispatcher operator driver supervisor
GET /training/seats
POST /api/training/seats
POST /api/training/seats/leave

# administrator dispatcher operator supervisor
GET /api/training/calls
POST /api/training/calls/{call_id}/end
POST /api/training/calls/{call_id}/take
POST /api/training/screen

# administrator dispatcher driver
GET /api/training/drive
POST /api/training/drive
POST /api/training/drive/leave

# administrator supervisor
GET /api/training/clock
GET /api/training/desks/{user_id}
GET /api/training/instructor
GET /api/training/marks
GET /api/training/sandbox
GET /training
GET /training/desks/{user_id}
GET /training/instructor
GET /training/outbox
POST /api/training/clock
POST /api/training/events
POST /api/training/marks
POST /api/training/marks/{mark_id}/set-back
POST /api/training/notes
POST /api/training/sandbox
POST /api/training/sandbox/delete
POST /api/training/sandbox/go-on
POST /api/training/sandbox/stop
"""
