"""The ports of tests: no two tests are given the same one."""

from __future__ import annotations

import socket

from tests.ports import ephemeral_from, free_port


def test_a_port_is_never_one_that_the_kernel_gives_to_connections() -> None:
    assert all(1024 < free_port() < ephemeral_from() for _ in range(50))


def test_no_port_is_given_twice_though_nobody_listens_yet() -> None:
    assert len({free_port() for _ in range(50)}) == 50


def test_a_port_that_somebody_holds_is_passed_over() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", free_port() + 1))
        assert free_port() != holder.getsockname()[1]
