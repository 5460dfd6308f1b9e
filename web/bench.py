"""The device bench: every simulated device under the fingers, and the tills' reactions beside it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, render_template
from werkzeug.exceptions import NotFound

from web.context import action, body, keyed, language, page_data, services, text

blueprint = Blueprint("bench", __name__)


@blueprint.get("/bench")
@action("bench.use")
def page() -> str:
    """All simulated devices, the codes to tap, two lanes and the printed papers."""
    data = page_data(
        ("bench", "till", "errors"),
        samples=_bench().samples(language()),
        lanes=list(services().tills),
        kiosks=list(services().kiosks),
    )
    return render_template("bench/bench.html", lanes=list(services().tills), data=data)


@blueprint.get("/api/bench/state")
@action("bench.use")
def state() -> Response:
    """Devices with their faults, the papers of each printer, and the view of each lane."""
    devices = _bench().devices()
    papers = {d["name"]: _bench().papers(d["name"]) for d in devices if d["kind"] == "printer"}
    views = {lane: till.view(language()) for lane, till in services().tills.items()}
    return jsonify(devices=devices, papers=papers, lanes=views)


@blueprint.post("/api/bench/scan")
@action("bench.use")
def scan() -> Response:
    """{device, code}: the simulated device reads this code; it takes the way of every real scan."""
    data = body()
    bench, device, code = _bench(), text(data, "device"), text(data, "code", 8192)
    keyed("bench", lambda: bench.scan(device, code))
    return jsonify(ok=True)


@blueprint.post("/api/bench/fault")
@action("bench.use")
def fault() -> Response:
    """{device, name, on}: switch a fault of a simulated device."""
    data = body()
    bench, device, name = _bench(), text(data, "device"), text(data, "name")
    keyed("bench", lambda: bench.fault(device, name, data.get("on") is True))
    return jsonify(ok=True)


@blueprint.get("/api/bench/paper/<printer>/<paper>.png")
@action("bench.use")
def paper(printer: str, paper: str) -> Response:
    """One printed paper as a picture."""
    try:
        picture = _bench().picture(printer, paper)
    except KeyError:
        raise NotFound from None
    return Response(picture, mimetype="image/png")


def _bench() -> Any:
    bench = services().bench
    if bench is None:
        raise NotFound
    return bench
