"""Renders the snippets in jinja2-*.json anew with the installed Jinja2, set up as Hugging Face transformers
does, and writes the files back. Run it in this folder; look at the difference like at code."""
import datetime
import importlib.metadata
import json
import sys

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

FILES = ["jinja2-snippets.json", "jinja2-values.json"]
NOW = datetime.datetime(2025, 7, 10, 12, 0)


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_text"), [], [], body).set_lineno(line)

    def _text(self, caller):
        return caller()


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def environment():
    env = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols, jinja2.ext.do])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = NOW.strftime
    return env


def regenerate(path, env):
    with open(path, encoding="utf-8") as file:
        golden = json.load(file)
    for case in golden["cases"]:
        case.pop("text", None)
        case.pop("raises", None)
        try:
            case["text"] = env.from_string(case["template"]).render(**golden["variables"], **case.get("variables", {}))
        except Exception as error:
            case["raises"] = type(error).__name__
    golden["origin"]["tool"] = "Jinja2 " + importlib.metadata.version("jinja2")
    golden["origin"]["python"] = sys.version.split()[0]
    with open(path, "w", encoding="utf-8") as file:
        head = {name: golden[name] for name in ("origin", "variables")}
        file.write("{" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in head.items()))
        file.write(',\n"cases": [\n')
        file.write(",\n".join(json.dumps(case, ensure_ascii=False) for case in golden["cases"]))
        file.write("\n]}\n")


def main():
    env = environment()
    for path in FILES:
        regenerate(path, env)


if __name__ == "__main__":
    main()
