"""`province.toml`: the cities that one server serves, each under a host name of its own."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import BeforeValidator

from data.errors import NotFoundError
from data.files.toml_reader import (
    FieldMistake,
    TomlTable,
    needed,
    own_name,
    read_table,
    read_toml,
    table_list,
)
from data.files.toml_values import Flag, Number, Text
from data.languages import languages

_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")
HOST_LETTERS = 253


def _host(value: object) -> str:
    """Return a host name in small letters; names of other scripts stand in their `xn--` form."""
    name = value.strip().lower() if isinstance(value, str) else ""
    if len(name) > HOST_LETTERS or not _HOST_NAME.fullmatch(name):
        raise needed("a host name like urmia.example.ir, without port and path")
    return name


def _names(value: object) -> object:
    """Return a name by language, "" for all."""
    if not isinstance(value, dict):
        return {"": value}
    if not value or not {*value} <= {*languages()}:
        raise needed("a text by the code of its language")
    return value


def _timezone(value: object) -> str:
    if value not in available_timezones():
        raise needed("a zone like Asia/Tehran")
    return str(value)


HostName = Annotated[str, BeforeValidator(_host)]


@dataclass(frozen=True, slots=True)
class ServedCityTable(TomlTable):
    """A city by the name of its folder, its host name, and settings of its own.

    These are its file of message gateways, the token of its Traccar server, and its MQTT broker:
    topics and names of trackers do not say to which city they belong.
    """

    name: Text
    host: HostName
    notices: Text = ""
    gateway_token: Text = ""
    mqtt_host: Text = ""
    mqtt_port: Annotated[int, Number(1, 65535, whole=True)] = 1883
    mqtt_user: Text = ""
    mqtt_password: Text = ""
    mqtt_tls: Flag = False


@dataclass(frozen=True, slots=True)
class ProvinceFile(TomlTable):
    """A province: its name, the host name of its own pages, and its cities."""

    host: HostName
    name: Annotated[Mapping[str, Text], BeforeValidator(_names)]
    timezone: Annotated[str, BeforeValidator(_timezone)]
    city: Annotated[tuple[ServedCityTable, ...], table_list("city", own_name)] = ()

    def mistakes(self) -> Iterable[FieldMistake]:
        """Return what cities may not have in common.

        A host name stands once, the province's own too, and so does a gateway's token, and a user
        of a broker: who sees the topics of two cities would mix them.
        """
        known = {self.host}
        tokens, brokers = set[str](), set[tuple[str, int, str]]()
        for index, each in enumerate(self.city):
            if each.host in known:
                yield FieldMistake(("city", index, "host"), each.host, "every host name once")
            known.add(each.host)
            if each.gateway_token and each.gateway_token in tokens:
                yield FieldMistake(("city", index, "gateway_token"), "…", "every token once")
            tokens.add(each.gateway_token)
            broker = (each.mqtt_host.lower(), each.mqtt_port, each.mqtt_user)
            if each.mqtt_host and broker in brokers:
                need = "another user of the broker for every city"
                yield FieldMistake(("city", index, "mqtt_user"), each.mqtt_user, need)
            brokers.add(broker)
        if not self.city:
            yield FieldMistake(("city",), "", "at least one [[city]] table")


def read_province(file: Path) -> ProvinceFile:
    """Return the province that a file describes; raise an error that says what is wrong in it."""
    try:
        text = file.read_bytes()
    except FileNotFoundError:
        raise NotFoundError("file", str(file)) from None
    return read_table(ProvinceFile, read_toml(text, file.name), file.name)
