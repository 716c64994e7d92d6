"""JSON Schema 2020-12, the part the API's description uses: checking values and making them."""
import datetime
import random
import re

WEIGHTS_SNILS = (9, 8, 7, 6, 5, 4, 3, 2, 1)


class Unknown(Exception):
    """A schema says something that is not understood here."""


KNOWN = {"$ref", "type", "enum", "const", "anyOf", "properties", "required", "items", "format",
         "additionalProperties", "minimum", "maximum", "multipleOf", "minLength", "maxLength",
         "minItems", "maxItems", "pattern", "title", "description", "x-uprava", "uniqueItems",
         "readOnly"}

TYPES = {"string": str, "object": dict, "array": list, "boolean": bool, "null": type(None)}


def is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


class Shape:
    def __init__(self, document, seed=1):
        self.document = document
        self.random = random.Random(seed)
        self.refs = {}   # register → ids of records that exist
        self.codes = {}  # code list too long for the schema → its codes

    def resolve(self, schema):
        while "$ref" in schema:
            target = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            schema = {**target, **{k: v for k, v in schema.items() if k not in ("$ref", "type")}}
        return schema

    def faults(self, schema, value, at=""):
        """What does not fit, as sentences."""
        unknown = set(schema) - KNOWN
        if unknown:
            raise Unknown(f"{at}: {unknown}")
        schema = self.resolve(schema)
        found = []
        if "const" in schema and value != schema["const"]:
            found.append(f"{at}: not {schema['const']}")
        if "enum" in schema and value not in schema["enum"]:
            found.append(f"{at}: {value!r} is not one of the values")
        if "anyOf" in schema and all(self.faults(one, value, at) for one in schema["anyOf"]):
            found.append(f"{at}: fits none of the choices")
        names = schema.get("type", [])
        names = [names] if isinstance(names, str) else names
        if names and not any(is_type(value, name) for name in names):
            return found + [f"{at}: {value!r:.80} is no {' or '.join(names)}"]
        if isinstance(value, str):
            found += self.text_faults(schema, value, at)
        elif is_type(value, "number"):
            if value < schema.get("minimum", value) or value > schema.get("maximum", value):
                found.append(f"{at}: {value} is out of bounds")
        elif isinstance(value, list):
            for i, item in enumerate(value):
                found += self.faults(schema.get("items", {}), item, f"{at}/{i}")
        elif isinstance(value, dict):
            found += self.object_faults(schema, value, at)
        return found

    def text_faults(self, schema, value, at):
        if len(value) > schema.get("maxLength", len(value)) or len(value) < schema.get("minLength", 0):
            return [f"{at}: {value!r:.80} has the wrong length"]
        if "pattern" in schema and not re.search(schema["pattern"], value):
            return [f"{at}: {value!r:.80} does not match {schema['pattern']}"]
        try:
            if schema.get("format") == "date":
                datetime.date.fromisoformat(value)
            elif schema.get("format") == "date-time":
                datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            return [f"{at}: {value!r} is no {schema['format']}"]
        return []

    def object_faults(self, schema, value, at):
        found = [f"{at}: {name} is missing" for name in schema.get("required", []) if name not in value]
        properties = schema.get("properties", {})
        for name, one in value.items():
            if name in properties:
                found += self.faults(properties[name], one, f"{at}/{name}")
            elif schema.get("additionalProperties") is False:
                found.append(f"{at}: {name} is not described")
        return found

    # Making values that fit.

    def make(self, schema):
        schema = self.resolve(schema)
        about = schema.get("x-uprava", {})
        if "anyOf" in schema:
            choices = [one for one in schema["anyOf"] if one.get("type") != "null"]
            return self.make({**{k: v for k, v in schema.items() if k != "anyOf"}, **choices[-1]})
        if "ref" in about:
            return self.random.choice(self.refs[about["ref"]])
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        if isinstance(about.get("list"), str):
            return self.random.choice(self.codes[about["list"]])
        if "coordinates" in schema.get("properties", {}):
            return {"type": "Point", "coordinates": [round(self.random.uniform(90, 94), 5),
                                                     round(self.random.uniform(54, 58), 5)]}
        name = schema.get("type", "string")
        name = name[0] if isinstance(name, list) else name
        return getattr(self, "make_" + name)(schema)

    def make_string(self, schema):
        made = make_format(schema.get("format"), self.random)
        if made is None and "pattern" in schema:
            digits = "".join(self.random.choices("123456789", k=14))
            tries = (digits[:4], digits[:5], digits, "0" * 13, f"ru-{digits}")
            made = next(t for t in tries if re.search(schema["pattern"], t))
        if made is None:
            words = "Мира Заречная «Уют» дом 12 Ёлка key".split()
            made = f"{self.random.choice(words)} {self.random.getrandbits(40)}"
            made = made[:schema.get("maxLength", 100)]
        return made

    def make_integer(self, schema):
        low, high = schema.get("minimum", 0), schema.get("maximum", 1000)
        return self.random.randint(int(low), int(high))

    def make_number(self, schema):
        low, high = schema.get("minimum", 0), schema.get("maximum", 1000)
        return round(self.random.uniform(low, high), 2 if "multipleOf" in schema else 3)

    def make_boolean(self, _):
        return self.random.random() < 0.5

    def make_null(self, _):
        return None

    def make_array(self, schema):
        count = schema.get("minItems", 1)
        if count == schema.get("maxItems") == 4:  # a box
            west, south = self.random.uniform(80, 92), self.random.uniform(50, 56)
            return [round(side, 5) for side in (west, south, west + 4, south + 4)]
        return [self.make(schema.get("items", {})) for _ in range(count)]

    def make_object(self, schema):
        made = {}
        for name, one in schema.get("properties", {}).items():
            if name in schema.get("required", []) or self.random.random() < 0.4:
                if self.can_make(one):
                    made[name] = self.make(one)
        return made

    def can_make(self, schema):
        text = str(schema)
        found = re.findall(r"'ref': '([\w.]+)'", text)
        return all(self.refs.get(name) for name in found)


def digits(source, count):
    return "".join(source.choices("0123456789", k=count))


def checked(text, weights, modulo=11):
    return text + str(sum(int(a) * b for a, b in zip(text, weights)) % modulo % 10)


def make_format(name, source):
    """A text of that format, or None."""
    first = source.choice("123456789")
    if name == "snils":
        text = "1" + digits(source, 8)
        return text + f"{sum(int(a) * b for a, b in zip(text, WEIGHTS_SNILS)) % 101 % 100:02}"
    if name == "inn-person":
        text = checked(first + digits(source, 9), (7, 2, 4, 10, 3, 5, 9, 4, 6, 8))
        return checked(text, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))
    if name in ("inn", "inn-organization"):
        return checked(first + digits(source, 8), (2, 4, 10, 3, 5, 9, 4, 6, 8))
    if name == "ogrn":
        text = "1" + digits(source, 11)
        return text + str(int(text) % 11 % 10)
    plain = {
        "date": lambda: str(datetime.date(1990, 1, 1) + datetime.timedelta(source.randrange(13000))),
        "date-time": lambda: "2026-03-02T09:00:00Z",
        "kpp": lambda: first + digits(source, 8),
        "postcode": lambda: first + digits(source, 5),
        "oktmo": lambda: first + digits(source, 7),
        "okato": lambda: first + digits(source, 10),
        "soate": lambda: "41704" + digits(source, 9),
        "pin": lambda: "1" + "0101199012345"[:13],
        "phone": lambda: "+7 000 " + digits(source, 3) + "-12-34",
        "email": lambda: f"a{digits(source, 6)}@zarechensk.example",
        "uri": lambda: f"https://zarechensk.example/{digits(source, 6)}",
        "uuid": lambda: f"6f9619ff-8b86-4011-b42d-{digits(source, 12)}",
        "cadastral-number": lambda: f"24:50:0400012:{digits(source, 3)}",
    }.get(name)
    return plain() if plain else None
