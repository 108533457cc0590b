"""`province.toml`: which towns one server serves, and what may not stand in it."""

import pytest

from data.errors import InvalidError, NotFoundError
from data.setup.province_file import read_province

TOWN = """
[[city]]
name = "{name}"
host = "{host}"
"""
HEAD = 'host = "west.example.ir"\nname = "West"\ntimezone = "Asia/Tehran"\n'
URMIA = TOWN.format(name="urmia", host="urmia.example.ir")
TABRIZ = TOWN.format(name="tabriz", host="tabriz.example.ir")
BROKER = 'mqtt_host = "broker.example.ir"\nmqtt_user = "snow"\n'
TOKEN = 'gateway_token = "secret-of-one"\n'


def read(tmp_path, text):
    file = tmp_path / "province.toml"
    file.write_text(text)
    return read_province(file)


def test_host_names_are_read_in_small_letters(tmp_path):
    province = read(tmp_path, HEAD + TOWN.format(name="ارومیه", host="Urmia.Example.ir"))
    assert [(each.name, each.host) for each in province.city] == [("ارومیه", "urmia.example.ir")]


def test_a_name_is_one_text_or_one_a_language(tmp_path):
    assert read(tmp_path, HEAD + URMIA).name == {"": "West"}
    both = HEAD.replace('name = "West"', 'name.en = "West"\nname.fa = "غرب"')
    assert read(tmp_path, both + URMIA).name == {"en": "West", "fa": "غرب"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD, "at least one"),
        (HEAD + URMIA + URMIA, "every name once"),
        (HEAD + URMIA + TOWN.format(name="tabriz", host="URMIA.example.ir"), "every host name"),
        (HEAD + TOWN.format(name="urmia", host="west.example.ir"), "every host name"),
        (HEAD + TOWN.format(name="urmia", host="urmia.example.ir:8000"), "a host name"),
        (HEAD + TOWN.format(name="urmia", host="https://urmia.example.ir/"), "a host name"),
        (HEAD + TOWN.format(name="urmia", host="*.example.ir"), "a host name"),
        (HEAD.replace("Asia/Tehran", "Asia/Urmia") + URMIA, "a zone"),
        (HEAD.replace('name = "West"', 'name.de = "West"') + URMIA, "its language"),
        (HEAD + "port = 8000\n" + URMIA, "only"),
        (HEAD + URMIA + "port = 8000\n", "only"),
        (HEAD + URMIA + "mqtt_port = 70000\n", "1 to 65535"),
        (HEAD + URMIA + BROKER + TABRIZ + BROKER, "another user of the broker"),
        (HEAD + URMIA + TOKEN + TABRIZ + TOKEN, "every token once"),
        ("host =", "TOML"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, text, said):
    with pytest.raises(InvalidError, match=said):
        read(tmp_path, text)


def test_towns_may_have_one_broker_with_a_user_each(tmp_path):
    other = BROKER.replace("snow", "ice") + "mqtt_tls = true\n"
    urmia, tabriz = read(tmp_path, HEAD + URMIA + BROKER + TABRIZ + other).city
    assert (urmia.mqtt_host, urmia.mqtt_port, urmia.mqtt_user) == (
        "broker.example.ir",
        1883,
        "snow",
    )
    assert (tabriz.mqtt_user, tabriz.mqtt_tls) == ("ice", True)


def test_a_repeated_token_is_not_written_into_the_message(tmp_path):
    with pytest.raises(InvalidError) as refused:
        read(tmp_path, HEAD + URMIA + TOKEN + TABRIZ + TOKEN)
    assert "secret-of-one" not in str(refused.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(NotFoundError, match=r"province\.toml"):
        read_province(tmp_path / "province.toml")
