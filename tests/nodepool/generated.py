"""Bodies of every form that the API knows, good ones and bad ones, for property tests."""

from hypothesis import strategies as st

from webapp.nodepool.rules.shape import BODY, Flag, Free, Many, Number, Text, Thing

ODD = ["", "${x}", "$${", "%{ if }", "{{ x }}", "yes", "0o17", "1e3", "12:30", "017", "null", "~", "- a", "#", "EOT"]
ODD += ["a\nEOT\n", "line\n", "tab\t\"quote\" 'single' \\ `id` $(id)\n", "e\u0301", "\U0001f600", "\u2028", "ls -l\n"]
TEXTS = st.text(max_size=12) | st.sampled_from(ODD)
SCRIPTS = st.sampled_from(["bHMgLWwK", "dHJ1ZQ==", "IyEvYmluL3NoCmVjaG8gIiR7SE9NRX0iCg==", "/////w==", "bHMgLWx="])


def fitting(shape, whole=False):
    """Values of the right type and within bounds for a place of the body; `whole`: with what is needed there."""
    if isinstance(shape, Thing):
        known = {name: fitting(one) for name, one in shape.members.items() if not isinstance(one, Free)}
        known.pop("userPassword", None)
        needed = {name: known.pop(name) for name in list(known) if whole and shape.members[name].needed}
        members = st.fixed_dictionaries(needed, optional=known)
        return members if known or needed else st.dictionaries(TEXTS, TEXTS, max_size=4)
    if isinstance(shape, Many):
        keys = (lambda tag: tag["key"]) if shape.code == "NP-UTAG-01" else None
        return st.lists(fitting(shape.item, whole=True), max_size=3, unique_by=keys)
    if isinstance(shape, Number):
        return st.integers(*shape.bounds)
    if isinstance(shape, Flag):
        return st.booleans()
    assert isinstance(shape, Text)
    if shape.code == "NP-SCRIPT-01":
        return SCRIPTS | TEXTS
    return st.sampled_from(shape.one_of) if shape.one_of else TEXTS


SPEC = fitting(BODY.members["spec"], whole=True)
BODIES = st.fixed_dictionaries(
    {
        "kind": st.just("NodePool"),
        "apiVersion": st.just("v3"),
        "metadata": st.fixed_dictionaries({"name": TEXTS}),
        "spec": SPEC,
    }
)
WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(TEXTS, inside, max_size=4),
    max_leaves=20,
)
