CREATE TABLE user (
  id INTEGER NOT NULL, login TEXT NOT NULL, roles JSON NOT NULL, language TEXT NOT NULL,
  password_hash TEXT NOT NULL, disabled BOOLEAN DEFAULT 0 NOT NULL,
  phone TEXT DEFAULT '' NOT NULL, PRIMARY KEY (id), UNIQUE (login)
);

CREATE TABLE event (
  id INTEGER NOT NULL, at DATETIME NOT NULL, actor_kind TEXT NOT NULL, actor_id TEXT NOT NULL,
  verb TEXT NOT NULL, subject TEXT NOT NULL, "before" JSON NOT NULL, "after" JSON NOT NULL,
  previous_hash TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (id)
);

CREATE INDEX event_by_subject ON event (subject);

CREATE INDEX event_by_verb ON event (verb, at);

CREATE TRIGGER event_without_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'the storm book is append-only'); END;

CREATE TRIGGER event_without_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'the storm book is append-only'); END;

CREATE TABLE city (
  name TEXT NOT NULL, timezone TEXT NOT NULL, bounds JSON NOT NULL, network_version TEXT NOT NULL,
  attribution TEXT NOT NULL, policy TEXT NOT NULL, fleet TEXT NOT NULL, report JSON NOT NULL,
  boundary TEXT, language TEXT DEFAULT '' NOT NULL, revision INTEGER DEFAULT '0' NOT NULL,
  PRIMARY KEY (name)
);

CREATE TABLE segment (
  id INTEGER NOT NULL, osm_way_id INTEGER NOT NULL, from_node INTEGER NOT NULL,
  to_node INTEGER NOT NULL, nth INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
  geometry BLOB NOT NULL, length_m FLOAT NOT NULL, road_class TEXT NOT NULL, names JSON NOT NULL,
  drive_speed_mps FLOAT NOT NULL, oneway TEXT NOT NULL, lanes INTEGER NOT NULL,
  width_m FLOAT NOT NULL, surface TEXT NOT NULL, layer INTEGER NOT NULL, access TEXT NOT NULL,
  incline TEXT NOT NULL, district TEXT NOT NULL, roundabout BOOLEAN NOT NULL,
  bus BOOLEAN DEFAULT 0 NOT NULL, houses JSON DEFAULT '[]' NOT NULL, PRIMARY KEY (id),
  CONSTRAINT segment_key UNIQUE (osm_way_id, from_node, to_node, nth)
);

CREATE TABLE former_segment (
  id INTEGER NOT NULL, osm_way_id INTEGER NOT NULL, from_node INTEGER NOT NULL,
  to_node INTEGER NOT NULL, nth INTEGER NOT NULL, geometry BLOB NOT NULL, length_m FLOAT NOT NULL,
  road_class TEXT NOT NULL, names JSON NOT NULL, gone_at DATETIME NOT NULL,
  successors JSON NOT NULL, PRIMARY KEY (id)
);

CREATE TABLE district (
  id INTEGER NOT NULL, name TEXT NOT NULL, names JSON NOT NULL, polygon TEXT, PRIMARY KEY (id),
  UNIQUE (name)
);

CREATE TABLE segment_override (
  segment_id INTEGER NOT NULL, service_class TEXT NOT NULL, cycle_s FLOAT, note TEXT NOT NULL,
  PRIMARY KEY (segment_id)
);

CREATE TABLE segment_level (
  segment_id INTEGER NOT NULL, service_class TEXT NOT NULL, reason TEXT NOT NULL,
  subject TEXT NOT NULL, cycle_s FLOAT, PRIMARY KEY (segment_id)
);

CREATE TABLE restriction (
  id INTEGER NOT NULL, from_segment INTEGER NOT NULL, via INTEGER NOT NULL,
  to_segment INTEGER NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (id)
);

CREATE TABLE place (
  id INTEGER NOT NULL, kind TEXT NOT NULL, lon FLOAT NOT NULL, lat FLOAT NOT NULL,
  names JSON NOT NULL, street TEXT NOT NULL, number TEXT NOT NULL,
  reach_m FLOAT DEFAULT '0' NOT NULL, PRIMARY KEY (id)
);

CREATE TABLE depot (
  id INTEGER NOT NULL, name TEXT NOT NULL, lon FLOAT NOT NULL, lat FLOAT NOT NULL,
  assumed BOOLEAN NOT NULL, radius_m FLOAT DEFAULT '100' NOT NULL,
  polygon JSON DEFAULT '[]' NOT NULL, PRIMARY KEY (id), UNIQUE (name)
);

CREATE TABLE reload_site (
  id INTEGER NOT NULL, name TEXT NOT NULL, lon FLOAT NOT NULL, lat FLOAT NOT NULL,
  fill_s FLOAT NOT NULL, materials JSON NOT NULL, radius_m FLOAT DEFAULT '60' NOT NULL,
  polygon JSON DEFAULT '[]' NOT NULL, PRIMARY KEY (id), UNIQUE (name)
);

CREATE TABLE body (
  id INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, contact TEXT NOT NULL,
  phone TEXT NOT NULL, email TEXT NOT NULL, address TEXT NOT NULL,
  retired BOOLEAN DEFAULT 0 NOT NULL, PRIMARY KEY (id), UNIQUE (name)
);

CREATE TABLE queue_change (
  id INTEGER NOT NULL, at DATETIME NOT NULL, "by" TEXT NOT NULL, action TEXT NOT NULL,
  steps JSON NOT NULL, undone_at DATETIME, PRIMARY KEY (id)
);

CREATE TABLE api_key (
  id INTEGER NOT NULL, name TEXT NOT NULL, contact TEXT NOT NULL, digest TEXT NOT NULL,
  made_at DATETIME NOT NULL, revoked_at DATETIME, PRIMARY KEY (id), UNIQUE (name), UNIQUE (digest)
);

CREATE TABLE storm (
  id INTEGER NOT NULL, name TEXT NOT NULL, phase TEXT NOT NULL, started_at DATETIME NOT NULL,
  ended_at DATETIME, snowfall JSON NOT NULL, opened_at DATETIME, policy TEXT DEFAULT '' NOT NULL,
  quiet JSON DEFAULT '[]' NOT NULL, PRIMARY KEY (id)
);

CREATE TABLE stranger (
  name TEXT NOT NULL, door TEXT NOT NULL, fault TEXT NOT NULL, address TEXT NOT NULL,
  first_at DATETIME NOT NULL, last_at DATETIME NOT NULL, times INTEGER NOT NULL, lon FLOAT,
  lat FLOAT, PRIMARY KEY (name)
);

CREATE TABLE unsealed (
  subject TEXT NOT NULL, changes INTEGER DEFAULT '0' NOT NULL, PRIMARY KEY (subject)
);

CREATE TABLE tap (
  "key" TEXT NOT NULL, user_id INTEGER NOT NULL, at DATETIME NOT NULL, answer JSON NOT NULL,
  PRIMARY KEY ("key"), FOREIGN KEY(user_id) REFERENCES user (id)
);

CREATE TABLE vehicle (
  id INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, owner TEXT NOT NULL,
  capabilities JSON NOT NULL, blade_m FLOAT NOT NULL, min_street_m FLOAT NOT NULL,
  hopper_kg FLOAT NOT NULL, drive_speed_mps FLOAT NOT NULL, work_speed_mps JSON NOT NULL,
  depot_id INTEGER NOT NULL, shift_h FLOAT NOT NULL, assumed BOOLEAN NOT NULL,
  retired BOOLEAN NOT NULL, company TEXT DEFAULT '' NOT NULL, contact TEXT DEFAULT '' NOT NULL,
  arrive_s FLOAT DEFAULT '0' NOT NULL, rate_h FLOAT DEFAULT '0' NOT NULL, PRIMARY KEY (id),
  UNIQUE (name), FOREIGN KEY(depot_id) REFERENCES depot (id)
);

CREATE TABLE crew (
  id INTEGER NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL, works JSON NOT NULL,
  lon FLOAT NOT NULL, lat FLOAT NOT NULL, base_name TEXT NOT NULL, contact TEXT NOT NULL,
  language TEXT NOT NULL, drives BOOLEAN NOT NULL, shift_h FLOAT NOT NULL, rate_h FLOAT NOT NULL,
  user_id INTEGER, retired BOOLEAN DEFAULT 0 NOT NULL, PRIMARY KEY (id), UNIQUE (name),
  FOREIGN KEY(user_id) REFERENCES user (id)
);

CREATE TABLE crew_draft (
  storm_id INTEGER NOT NULL, lists JSON NOT NULL, made_by TEXT NOT NULL,
  made_at DATETIME NOT NULL, PRIMARY KEY (storm_id), FOREIGN KEY(storm_id) REFERENCES storm (id)
);

CREATE TABLE handover_note (
  id INTEGER NOT NULL, storm_id INTEGER NOT NULL, written_at DATETIME NOT NULL,
  written_by TEXT NOT NULL, text TEXT NOT NULL, salt BLOB NOT NULL, read_at DATETIME,
  read_by TEXT DEFAULT '' NOT NULL, PRIMARY KEY (id), FOREIGN KEY(storm_id) REFERENCES storm (id)
);

CREATE INDEX handover_note_by_storm ON handover_note (storm_id);

CREATE TABLE storm_move (
  id INTEGER NOT NULL, storm_id INTEGER NOT NULL, phase TEXT NOT NULL, at DATETIME NOT NULL,
  moved_by TEXT NOT NULL, PRIMARY KEY (id), FOREIGN KEY(storm_id) REFERENCES storm (id)
);

CREATE TABLE snow_entry (
  id INTEGER NOT NULL, storm_id INTEGER NOT NULL, at DATETIME NOT NULL, fallen_mm FLOAT NOT NULL,
  source TEXT NOT NULL, replaces_id INTEGER, entered_at DATETIME NOT NULL,
  entered_by TEXT NOT NULL, withdrawn_at DATETIME, withdrawn_by TEXT DEFAULT '' NOT NULL,
  PRIMARY KEY (id), FOREIGN KEY(storm_id) REFERENCES storm (id),
  FOREIGN KEY(replaces_id) REFERENCES snow_entry (id)
);

CREATE TABLE closure (
  id INTEGER NOT NULL, storm_id INTEGER NOT NULL, segment_id INTEGER NOT NULL, forward BOOLEAN,
  from_at DATETIME NOT NULL, until_at DATETIME, reason TEXT NOT NULL, added_at DATETIME NOT NULL,
  added_by TEXT NOT NULL, lifted_at DATETIME, lifted_by TEXT DEFAULT '' NOT NULL,
  PRIMARY KEY (id), FOREIGN KEY(storm_id) REFERENCES storm (id)
);

CREATE INDEX closure_by_storm ON closure (storm_id, lifted_at);

CREATE TABLE storm_site (
  storm_id INTEGER NOT NULL, reload_site_id INTEGER NOT NULL, in_use BOOLEAN NOT NULL,
  changed_at DATETIME NOT NULL, changed_by TEXT NOT NULL, PRIMARY KEY (storm_id, reload_site_id),
  FOREIGN KEY(storm_id) REFERENCES storm (id),
  FOREIGN KEY(reload_site_id) REFERENCES reload_site (id)
);

CREATE TABLE job (
  id INTEGER NOT NULL, storm_id INTEGER NOT NULL, segment_id INTEGER NOT NULL,
  directions TEXT NOT NULL, treatment TEXT NOT NULL, passes INTEGER NOT NULL,
  service_class TEXT NOT NULL, weight FLOAT NOT NULL, starts_at DATETIME NOT NULL,
  due_at DATETIME NOT NULL, state TEXT NOT NULL, done_at DATETIME, planned_at DATETIME,
  PRIMARY KEY (id), FOREIGN KEY(storm_id) REFERENCES storm (id)
);

CREATE INDEX job_by_segment ON job (storm_id, segment_id, treatment);

CREATE TABLE "plan" (
  id INTEGER NOT NULL, storm_id INTEGER NOT NULL, parent_id INTEGER, revision INTEGER NOT NULL,
  made_at DATETIME NOT NULL, network_version TEXT NOT NULL, unserved JSON NOT NULL,
  cost JSON NOT NULL, bound FLOAT NOT NULL, solver TEXT NOT NULL, seed INTEGER NOT NULL,
  state TEXT NOT NULL, options JSON DEFAULT '{}' NOT NULL, aside JSON DEFAULT '{}' NOT NULL,
  proofs JSON DEFAULT '[]' NOT NULL, counts_from DATETIME, PRIMARY KEY (id),
  FOREIGN KEY(storm_id) REFERENCES storm (id), FOREIGN KEY(parent_id) REFERENCES "plan" (id)
);

CREATE TABLE cycle (
  id INTEGER NOT NULL, storm_id INTEGER NOT NULL, service_class TEXT NOT NULL,
  began_at DATETIME NOT NULL, jobs INTEGER NOT NULL, PRIMARY KEY (id),
  FOREIGN KEY(storm_id) REFERENCES storm (id)
);

CREATE TABLE coverage (
  storm_id INTEGER NOT NULL, segment_id INTEGER NOT NULL, forward BOOLEAN NOT NULL,
  passes_done INTEGER NOT NULL, passes_needed INTEGER NOT NULL, last_pass_at DATETIME,
  driven_at DATETIME, evidence_kind TEXT, confidence FLOAT, plowed_at DATETIME,
  salted_at DATETIME, PRIMARY KEY (storm_id, segment_id, forward),
  FOREIGN KEY(storm_id) REFERENCES storm (id)
);

CREATE TABLE coverage_revision (
  id INTEGER NOT NULL, storm_id INTEGER NOT NULL, number INTEGER NOT NULL,
  made_at DATETIME NOT NULL, cause TEXT NOT NULL, network_version TEXT NOT NULL, PRIMARY KEY (id),
  CONSTRAINT coverage_revision_key UNIQUE (storm_id, number),
  FOREIGN KEY(storm_id) REFERENCES storm (id)
);

CREATE TABLE device (
  id INTEGER NOT NULL, name TEXT NOT NULL, vehicle_id INTEGER NOT NULL, token_hash TEXT NOT NULL,
  speed_unit TEXT DEFAULT 'kn' NOT NULL, inputs JSON DEFAULT '[]' NOT NULL,
  trusted BOOLEAN DEFAULT 0 NOT NULL, heard_at DATETIME, shows_texts BOOLEAN DEFAULT 0 NOT NULL,
  PRIMARY KEY (id), UNIQUE (name), FOREIGN KEY(vehicle_id) REFERENCES vehicle (id),
  UNIQUE (token_hash)
);

CREATE TABLE alert (
  id INTEGER NOT NULL, storm_id INTEGER NOT NULL, kind TEXT NOT NULL, vehicle_id INTEGER,
  since DATETIME NOT NULL, until DATETIME, lon FLOAT, lat FLOAT, facts JSON NOT NULL,
  acknowledged_by TEXT DEFAULT '' NOT NULL, acknowledged_at DATETIME,
  owner TEXT DEFAULT '' NOT NULL, PRIMARY KEY (id), FOREIGN KEY(storm_id) REFERENCES storm (id),
  FOREIGN KEY(vehicle_id) REFERENCES vehicle (id)
);

CREATE INDEX alert_by_storm ON alert (storm_id, until);

CREATE TABLE call_out (
  id INTEGER NOT NULL, storm_id INTEGER NOT NULL, vehicle_id INTEGER NOT NULL,
  state TEXT NOT NULL, called_at DATETIME NOT NULL, called_by TEXT NOT NULL,
  rate_h FLOAT NOT NULL, note TEXT NOT NULL, answered_at DATETIME, expected_at DATETIME,
  arrived_at DATETIME, released_at DATETIME, PRIMARY KEY (id),
  FOREIGN KEY(storm_id) REFERENCES storm (id), FOREIGN KEY(vehicle_id) REFERENCES vehicle (id)
);

CREATE INDEX call_out_by_storm ON call_out (storm_id);

CREATE TABLE crew_shift (
  id INTEGER NOT NULL, storm_id INTEGER NOT NULL, crew_id INTEGER NOT NULL,
  starts_at DATETIME NOT NULL, ends_at DATETIME NOT NULL, ended_at DATETIME, PRIMARY KEY (id),
  FOREIGN KEY(storm_id) REFERENCES storm (id), FOREIGN KEY(crew_id) REFERENCES crew (id)
);

CREATE INDEX crew_shift_by_storm ON crew_shift (storm_id);

CREATE TABLE hand_draft (
  plan_id INTEGER NOT NULL, base_id INTEGER NOT NULL, begun_by TEXT NOT NULL,
  present BLOB NOT NULL, PRIMARY KEY (plan_id), FOREIGN KEY(plan_id) REFERENCES "plan" (id),
  FOREIGN KEY(base_id) REFERENCES "plan" (id)
);

CREATE TABLE plan_edit (
  id INTEGER NOT NULL, plan_id INTEGER NOT NULL, n INTEGER NOT NULL, kind TEXT NOT NULL,
  args JSON NOT NULL, edited_by TEXT NOT NULL, edited_at DATETIME NOT NULL, state TEXT NOT NULL,
  tolls JSON NOT NULL, content BLOB NOT NULL, PRIMARY KEY (id),
  FOREIGN KEY(plan_id) REFERENCES "plan" (id)
);

CREATE INDEX plan_edit_by_plan ON plan_edit (plan_id, n);

CREATE TABLE standing_order (
  id INTEGER NOT NULL, storm_id INTEGER NOT NULL, kind TEXT NOT NULL, vehicle_id INTEGER NOT NULL,
  segment_id INTEGER, added_at DATETIME NOT NULL, added_by TEXT NOT NULL, lifted_at DATETIME,
  lifted_by TEXT DEFAULT '' NOT NULL, PRIMARY KEY (id),
  FOREIGN KEY(storm_id) REFERENCES storm (id), FOREIGN KEY(vehicle_id) REFERENCES vehicle (id)
);

CREATE INDEX standing_order_by_storm ON standing_order (storm_id, lifted_at);

CREATE TABLE log_part (
  vehicle_id INTEGER NOT NULL, starts_at DATETIME NOT NULL, position_id INTEGER NOT NULL,
  stale BOOLEAN NOT NULL, read_at DATETIME, spells JSON NOT NULL,
  PRIMARY KEY (vehicle_id, starts_at), FOREIGN KEY(vehicle_id) REFERENCES vehicle (id)
);

CREATE INDEX log_part_stale ON log_part (starts_at) WHERE stale IS 1;

CREATE INDEX log_part_newest ON log_part (position_id);

CREATE TABLE storm_machine (
  storm_id INTEGER NOT NULL, vehicle_id INTEGER NOT NULL, in_service BOOLEAN NOT NULL,
  changed_at DATETIME NOT NULL, changed_by TEXT NOT NULL, reason TEXT,
  note TEXT DEFAULT '' NOT NULL, PRIMARY KEY (storm_id, vehicle_id),
  FOREIGN KEY(storm_id) REFERENCES storm (id), FOREIGN KEY(vehicle_id) REFERENCES vehicle (id)
);

CREATE TABLE shift (
  id INTEGER NOT NULL, storm_id INTEGER NOT NULL, vehicle_id INTEGER NOT NULL, driver_id INTEGER,
  starts_at DATETIME NOT NULL, ends_at DATETIME NOT NULL, state TEXT NOT NULL, PRIMARY KEY (id),
  FOREIGN KEY(storm_id) REFERENCES storm (id), FOREIGN KEY(vehicle_id) REFERENCES vehicle (id),
  FOREIGN KEY(driver_id) REFERENCES user (id)
);

CREATE TABLE request (
  id INTEGER NOT NULL, reference TEXT NOT NULL, received_at DATETIME NOT NULL,
  channel TEXT NOT NULL, text TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,
  address TEXT NOT NULL, lon FLOAT, lat FLOAT, segment_id INTEGER, side TEXT, offset_m FLOAT,
  distance_m FLOAT, job_id INTEGER, idempotency_key TEXT, salt BLOB,
  sought TEXT DEFAULT '' NOT NULL, dangers JSON DEFAULT '[]' NOT NULL, closed_for TEXT,
  PRIMARY KEY (id), UNIQUE (reference), FOREIGN KEY(job_id) REFERENCES job (id),
  UNIQUE (idempotency_key)
);

CREATE INDEX request_by_state ON request (state, received_at);

CREATE INDEX request_by_segment ON request (segment_id);

CREATE TABLE plan_run (
  id INTEGER NOT NULL, storm_id INTEGER NOT NULL, asked_by TEXT NOT NULL,
  asked_at DATETIME NOT NULL, seconds FLOAT NOT NULL, state TEXT NOT NULL, lease_until DATETIME,
  best FLOAT, bound FLOAT, unserved INTEGER, iterations INTEGER NOT NULL,
  elapsed_s FLOAT NOT NULL, stop_requested BOOLEAN NOT NULL, plan_id INTEGER, error TEXT NOT NULL,
  tries INTEGER DEFAULT '0' NOT NULL, kind TEXT DEFAULT 'plan' NOT NULL,
  options JSON DEFAULT '{}' NOT NULL, curve JSON DEFAULT '[]' NOT NULL,
  fault JSON DEFAULT '[]' NOT NULL, digest TEXT DEFAULT '' NOT NULL, answer JSON,
  PRIMARY KEY (id), FOREIGN KEY(storm_id) REFERENCES storm (id),
  FOREIGN KEY(plan_id) REFERENCES "plan" (id)
);

CREATE TABLE pass (
  id INTEGER NOT NULL, storm_id INTEGER NOT NULL, segment_id INTEGER NOT NULL,
  forward BOOLEAN NOT NULL, from_m FLOAT NOT NULL, to_m FLOAT NOT NULL, vehicle_id INTEGER,
  started_at DATETIME NOT NULL, ended_at DATETIME NOT NULL, treatment TEXT,
  evidence_kind TEXT NOT NULL, confidence FLOAT NOT NULL, material_kg FLOAT NOT NULL,
  window INTEGER, PRIMARY KEY (id), FOREIGN KEY(storm_id) REFERENCES storm (id),
  FOREIGN KEY(vehicle_id) REFERENCES vehicle (id)
);

CREATE INDEX pass_by_segment ON pass (storm_id, segment_id, forward);

CREATE INDEX pass_by_vehicle ON pass (storm_id, vehicle_id, ended_at);

CREATE INDEX pass_by_window ON pass (vehicle_id, window);

CREATE TABLE open_window (
  vehicle_id INTEGER NOT NULL, window INTEGER NOT NULL, PRIMARY KEY (vehicle_id, window),
  FOREIGN KEY(vehicle_id) REFERENCES vehicle (id)
);

CREATE TABLE coverage_change (
  revision_id INTEGER NOT NULL, segment_id INTEGER NOT NULL, forward BOOLEAN NOT NULL,
  passes_before INTEGER NOT NULL, passes_after INTEGER NOT NULL, last_pass_before DATETIME,
  last_pass_after DATETIME, PRIMARY KEY (revision_id, segment_id, forward),
  FOREIGN KEY(revision_id) REFERENCES coverage_revision (id)
);

CREATE INDEX coverage_change_by_segment ON coverage_change (segment_id);

CREATE TABLE sign_in_code (
  digest TEXT NOT NULL, kind TEXT NOT NULL, user_id INTEGER NOT NULL,
  expires_at DATETIME NOT NULL, shift_id INTEGER, PRIMARY KEY (digest),
  FOREIGN KEY(user_id) REFERENCES user (id), FOREIGN KEY(shift_id) REFERENCES shift (id)
);

CREATE TABLE crew_job (
  id INTEGER NOT NULL, storm_id INTEGER NOT NULL, work TEXT NOT NULL, lon FLOAT NOT NULL,
  lat FLOAT NOT NULL, size FLOAT NOT NULL, labour_s FLOAT NOT NULL, priority TEXT NOT NULL,
  due_at DATETIME NOT NULL, state TEXT NOT NULL, added_at DATETIME NOT NULL, words TEXT NOT NULL,
  segment_id INTEGER, request_id INTEGER, crew_id INTEGER, nth INTEGER NOT NULL, from_at DATETIME,
  until_at DATETIME, started_at DATETIME, ended_at DATETIME, changed_by TEXT NOT NULL,
  reason TEXT, said TEXT NOT NULL, PRIMARY KEY (id), FOREIGN KEY(storm_id) REFERENCES storm (id),
  FOREIGN KEY(request_id) REFERENCES request (id), FOREIGN KEY(crew_id) REFERENCES crew (id)
);

CREATE INDEX crew_job_by_request ON crew_job (request_id);

CREATE INDEX crew_job_by_storm ON crew_job (storm_id, state);

CREATE TABLE hand_over (
  id INTEGER NOT NULL, request_id INTEGER NOT NULL, body_id INTEGER NOT NULL,
  at DATETIME NOT NULL, way TEXT NOT NULL, note TEXT NOT NULL, with_caller BOOLEAN NOT NULL,
  state TEXT NOT NULL, answer TEXT NOT NULL, answered_at DATETIME, PRIMARY KEY (id),
  FOREIGN KEY(request_id) REFERENCES request (id), FOREIGN KEY(body_id) REFERENCES body (id)
);

CREATE INDEX hand_over_by_state ON hand_over (state, at);

CREATE INDEX hand_over_by_request ON hand_over (request_id);

CREATE TABLE call_attempt (
  id INTEGER NOT NULL, request_id INTEGER NOT NULL, news TEXT NOT NULL, at DATETIME NOT NULL,
  "by" TEXT NOT NULL, outcome TEXT NOT NULL, note TEXT NOT NULL, PRIMARY KEY (id),
  FOREIGN KEY(request_id) REFERENCES request (id)
);

CREATE INDEX call_attempt_by_request ON call_attempt (request_id, news);

CREATE TABLE request_clock (
  request_id INTEGER NOT NULL, placed_at DATETIME, planned_at DATETIME, done_at DATETIME,
  closed_at DATETIME, told_at DATETIME, due_at DATETIME, reopened_at DATETIME,
  reopened INTEGER DEFAULT '0' NOT NULL, unproved INTEGER DEFAULT '0' NOT NULL,
  assigned_to TEXT DEFAULT '' NOT NULL, escalated_at DATETIME, PRIMARY KEY (request_id),
  FOREIGN KEY(request_id) REFERENCES request (id)
);

CREATE INDEX request_clock_by_target ON request_clock (due_at);

CREATE TABLE request_comment (
  id INTEGER NOT NULL, request_id INTEGER NOT NULL, at DATETIME NOT NULL, author TEXT NOT NULL,
  text TEXT NOT NULL, PRIMARY KEY (id), FOREIGN KEY(request_id) REFERENCES request (id)
);

CREATE INDEX request_comment_by_request ON request_comment (request_id);

CREATE TABLE sighting (
  id INTEGER NOT NULL, request_id INTEGER NOT NULL, seen_at DATETIME NOT NULL,
  author TEXT NOT NULL, clear BOOLEAN NOT NULL, lon FLOAT, lat FLOAT, away_m FLOAT,
  text TEXT NOT NULL, photo TEXT NOT NULL, PRIMARY KEY (id),
  FOREIGN KEY(request_id) REFERENCES request (id)
);

CREATE INDEX sighting_by_request ON sighting (request_id);

CREATE TABLE notice (
  id INTEGER NOT NULL, request_id INTEGER NOT NULL, kind TEXT NOT NULL, nth INTEGER NOT NULL,
  facts JSON NOT NULL, state TEXT NOT NULL, written_at DATETIME NOT NULL,
  due_at DATETIME NOT NULL, stale_at DATETIME NOT NULL, tries INTEGER DEFAULT '0' NOT NULL,
  told_at DATETIME, PRIMARY KEY (id), UNIQUE (request_id, kind, nth),
  FOREIGN KEY(request_id) REFERENCES request (id)
);

CREATE INDEX notice_by_state ON notice (state, due_at);

CREATE TABLE tracking_code (
  request_id INTEGER NOT NULL, code TEXT NOT NULL, PRIMARY KEY (request_id),
  FOREIGN KEY(request_id) REFERENCES request (id)
);

CREATE TABLE partner_report (
  request_id INTEGER NOT NULL, key_id INTEGER NOT NULL, attributes JSON NOT NULL,
  media_urls JSON NOT NULL, account_id TEXT NOT NULL, device_id TEXT NOT NULL,
  PRIMARY KEY (request_id), FOREIGN KEY(request_id) REFERENCES request (id),
  FOREIGN KEY(key_id) REFERENCES api_key (id)
);

CREATE TABLE partner_update (
  event_id INTEGER NOT NULL, request_id INTEGER NOT NULL, key_id INTEGER NOT NULL,
  update_id TEXT NOT NULL, status TEXT NOT NULL, description TEXT NOT NULL,
  media_url TEXT NOT NULL, PRIMARY KEY (event_id), UNIQUE (key_id, update_id),
  FOREIGN KEY(event_id) REFERENCES event (id), FOREIGN KEY(request_id) REFERENCES request (id),
  FOREIGN KEY(key_id) REFERENCES api_key (id)
);

CREATE TABLE request_photo (
  name TEXT NOT NULL, request_id INTEGER NOT NULL, added_at DATETIME NOT NULL, PRIMARY KEY (name),
  FOREIGN KEY(request_id) REFERENCES request (id)
);

CREATE INDEX request_photo_by_request ON request_photo (request_id);

CREATE TABLE promise (
  id INTEGER NOT NULL, request_id INTEGER NOT NULL, job_id INTEGER NOT NULL,
  plan_id INTEGER NOT NULL, made_at DATETIME NOT NULL, expected_at DATETIME NOT NULL,
  from_at DATETIME NOT NULL, to_at DATETIME NOT NULL, PRIMARY KEY (id),
  FOREIGN KEY(request_id) REFERENCES request (id), FOREIGN KEY(job_id) REFERENCES job (id),
  FOREIGN KEY(plan_id) REFERENCES "plan" (id)
);

CREATE INDEX promise_by_request ON promise (request_id);

CREATE TABLE route_answer (
  plan_id INTEGER NOT NULL, shift_id INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT,
  text TEXT NOT NULL, at DATETIME NOT NULL, "by" TEXT NOT NULL, PRIMARY KEY (plan_id, shift_id),
  FOREIGN KEY(plan_id) REFERENCES "plan" (id), FOREIGN KEY(shift_id) REFERENCES shift (id)
);

CREATE TABLE caller (
  request_id INTEGER NOT NULL, name TEXT NOT NULL, phone TEXT NOT NULL,
  number TEXT DEFAULT '' NOT NULL, salt BLOB NOT NULL, email TEXT DEFAULT '' NOT NULL,
  language TEXT DEFAULT '' NOT NULL, consent BOOLEAN DEFAULT 0 NOT NULL, PRIMARY KEY (request_id),
  FOREIGN KEY(request_id) REFERENCES request (id)
);

CREATE INDEX caller_by_number ON caller (number);

CREATE TABLE route (
  plan_id INTEGER NOT NULL, shift_id INTEGER NOT NULL, vehicle_id INTEGER NOT NULL,
  legs BLOB NOT NULL, PRIMARY KEY (plan_id, shift_id),
  FOREIGN KEY(plan_id) REFERENCES "plan" (id), FOREIGN KEY(shift_id) REFERENCES shift (id),
  FOREIGN KEY(vehicle_id) REFERENCES vehicle (id)
);

CREATE TABLE leg_progress (
  plan_id INTEGER NOT NULL, shift_id INTEGER NOT NULL, leg INTEGER NOT NULL, state TEXT NOT NULL,
  started_at DATETIME, ended_at DATETIME, reason TEXT NOT NULL, proved BOOLEAN DEFAULT 0 NOT NULL,
  PRIMARY KEY (plan_id, shift_id, leg), FOREIGN KEY(plan_id) REFERENCES "plan" (id),
  FOREIGN KEY(shift_id) REFERENCES shift (id)
);

CREATE TABLE blockage (
  id INTEGER NOT NULL, storm_id INTEGER NOT NULL, segment_id INTEGER NOT NULL,
  vehicle_id INTEGER NOT NULL, shift_id INTEGER NOT NULL, reported_at DATETIME NOT NULL,
  lon FLOAT NOT NULL, lat FLOAT NOT NULL, text TEXT NOT NULL, photo TEXT NOT NULL,
  cleared_at DATETIME, PRIMARY KEY (id), FOREIGN KEY(storm_id) REFERENCES storm (id),
  FOREIGN KEY(vehicle_id) REFERENCES vehicle (id), FOREIGN KEY(shift_id) REFERENCES shift (id)
);

CREATE TABLE device_fault (
  device_id INTEGER NOT NULL, reason TEXT NOT NULL, times INTEGER NOT NULL,
  last_at DATETIME NOT NULL, PRIMARY KEY (device_id, reason),
  FOREIGN KEY(device_id) REFERENCES device (id)
);

CREATE TABLE device_word (
  id INTEGER NOT NULL, device_id INTEGER NOT NULL, kind TEXT NOT NULL, told_at DATETIME NOT NULL,
  body JSON NOT NULL, PRIMARY KEY (id), FOREIGN KEY(device_id) REFERENCES device (id)
);

CREATE INDEX device_word_by_device ON device_word (device_id);

CREATE TABLE device_command (
  id INTEGER NOT NULL, device_id INTEGER NOT NULL, text TEXT NOT NULL, asked_by TEXT NOT NULL,
  asked_at DATETIME NOT NULL, sent_at DATETIME, PRIMARY KEY (id),
  FOREIGN KEY(device_id) REFERENCES device (id)
);

CREATE INDEX device_command_by_device ON device_command (device_id);

CREATE TABLE position (
  id INTEGER NOT NULL, device_id INTEGER NOT NULL, vehicle_id INTEGER NOT NULL,
  source TEXT NOT NULL, fixed_at DATETIME NOT NULL, received_at DATETIME NOT NULL,
  lon FLOAT NOT NULL, lat FLOAT NOT NULL, speed_mps FLOAT, heading_deg FLOAT, accuracy_m FLOAT,
  blade BOOLEAN, spreader BOOLEAN, material TEXT NOT NULL, rate_gm2 FLOAT, alarm TEXT NOT NULL,
  attributes JSON NOT NULL, seen BOOLEAN NOT NULL, fault TEXT DEFAULT '' NOT NULL,
  PRIMARY KEY (id), CONSTRAINT position_key UNIQUE (vehicle_id, fixed_at, source),
  FOREIGN KEY(device_id) REFERENCES device (id), FOREIGN KEY(vehicle_id) REFERENCES vehicle (id)
);

CREATE INDEX position_unseen ON position (id) WHERE seen IS 0;

CREATE TABLE crew_job_photo (
  name TEXT NOT NULL, job_id INTEGER NOT NULL, added_at DATETIME NOT NULL, PRIMARY KEY (name),
  FOREIGN KEY(job_id) REFERENCES crew_job (id)
);

CREATE INDEX crew_job_photo_by_job ON crew_job_photo (job_id);

CREATE TABLE message (
  id INTEGER NOT NULL, storm_id INTEGER NOT NULL, vehicle_id INTEGER NOT NULL, shift_id INTEGER,
  from_driver BOOLEAN NOT NULL, text_fa TEXT NOT NULL, text_en TEXT NOT NULL, salt BLOB,
  sent_by TEXT NOT NULL, sent_at DATETIME NOT NULL, delivered_at DATETIME, seen_at DATETIME,
  command_id INTEGER, PRIMARY KEY (id), FOREIGN KEY(storm_id) REFERENCES storm (id),
  FOREIGN KEY(vehicle_id) REFERENCES vehicle (id), FOREIGN KEY(shift_id) REFERENCES shift (id),
  FOREIGN KEY(command_id) REFERENCES device_command (id) ON DELETE SET NULL
);

CREATE INDEX message_by_shift ON message (shift_id);

CREATE INDEX message_by_storm ON message (storm_id, vehicle_id);

CREATE TABLE body_letter (
  hand_over_id INTEGER NOT NULL, state TEXT NOT NULL, due_at DATETIME NOT NULL,
  tries INTEGER NOT NULL, told_at DATETIME, PRIMARY KEY (hand_over_id),
  FOREIGN KEY(hand_over_id) REFERENCES hand_over (id)
);

CREATE INDEX body_letter_by_state ON body_letter (state, due_at);
