"""A step made ready for its template: places joined with answers, options and problems."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from webapp.nodepool import Problem, pointers
from webapp.wizard import inputs, options, row_lists, steps
from webapp.wizard.answers import Answer, Tree, answer_at, is_blank, rows_in
from webapp.wizard.fixing import Fix, Fixed, fix_at
from webapp.wizard.places import Kind, Place, Rows, Section, Step


@dataclass(slots=True)
class Blamed:
    """Something on the page that problems can be blamed on."""

    at: str
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    is_focused: bool = False


@dataclass(slots=True)
class Input(Blamed):
    """A place on the page. `choices` is None where the value is typed; `fix` says who fixed it."""

    place: Place = field(kw_only=True)
    value: str = field(kw_only=True)
    choices: SafeString | None = field(kw_only=True)
    suggestions: tuple[str, ...] = field(kw_only=True, default=())
    note: str = field(kw_only=True, default="")
    fix: Fix | None = field(kw_only=True, default=None)

    @property
    def label(self) -> str:
        """The place's label."""
        return self.place.label

    @property
    def drawn(self) -> SafeString:
        """The field as HTML; one that a preset fixes can be read only."""
        return render_to_string("wizard/_fixed.html", {"part": self}) if self.fix else inputs.drawn(self)

    @property
    def told(self) -> str:
        """The value as a person reads it."""
        return options.told(self.place, self.value)

    @property
    def described_by(self) -> str:
        """The ids of the texts that describe the input."""
        hint = self.place.hint or (self.place.fixed_later and not self.fix)
        texts = (
            ("error", self.errors),
            ("warning", self.warnings),
            ("note", self.note),
            ("hint", hint),
            ("fix", self.fix),
        )
        return " ".join([f"{self.at}-{name}" for name, text in texts if text])


@dataclass(slots=True)
class Row:
    """One row of a list on the page."""

    at: str
    title: str
    parts: list["Input | RowList"]
    fix: Fix | None = None


@dataclass(slots=True)
class RowList(Blamed):
    """A list on the page, with a row for each item; `filled` are the indexes of the rows that the body has."""

    rows: Rows = field(kw_only=True)
    items: list[Row] = field(kw_only=True)
    filled: list[str] = field(kw_only=True)
    fix: Fix | None = field(kw_only=True, default=None)

    @property
    def label(self) -> str:
        """The list's label."""
        return self.rows.label

    @property
    def drawn(self) -> SafeString:
        """The list as HTML, with all its rows."""
        return row_lists.drawn(self)

    @property
    def is_plain(self) -> bool:
        """Whether rows hold just inputs that fit on one line."""
        return len(self.rows.places) <= 3 and all(isinstance(place, Place) for place in self.rows.places)


@dataclass(slots=True)
class Part:
    """A section on the page."""

    section: Section
    parts: list[Input | RowList]


@dataclass(slots=True)
class Page:
    """A step as its template shows it; `summary` holds (pointer, label, message) of every error."""

    step: Step
    sections: list[Part]
    summary: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Context:
    """What a page is made with.

    `fix` is that of the list or entry that its places stand in; `focus` is the row or list where the keyboard goes
    on; `doubt` is said of every value that was picked.
    """

    tree: Tree
    lists: options.Lists
    fixed: Fixed = field(default_factory=dict)
    fix: Fix | None = None
    focus: str = ""
    doubt: str = ""


def made(step: Step, context: Context, problems: Iterable[Problem], unsayable: Mapping[str, str]) -> Page:
    """Return the page of a step, every problem at its place."""
    index: dict[str, Blamed] = {}
    sections = [
        Part(section, [_part(place, "", context.tree, context, index) for place in section.places])
        for section in step.sections
    ]
    for problem in problems:
        _blame(problem, index, context.tree)
    for at, message in unsayable.items():
        _nearest(at, index).errors.append(message)
    _focus(context.focus, index)
    summary = [(one.at, _label(one), message) for one in index.values() for message in one.errors]
    return Page(step, sections, summary)


def _part(place: Place | Rows, under: str, tree: Answer, context: Context, index: dict[str, Blamed]) -> Input | RowList:
    if isinstance(place, Rows):
        return _row_list(place, under, tree, context, index)
    answer = answer_at(tree, place.at) if place.at else tree
    value = answer if isinstance(answer, str) else ""
    fix = context.fix or (None if under else fix_at(context.fixed, place.at))
    chosen, note = (None, "") if fix else _choices(place, value, context)
    suggestions = tuple(word for word, _ in place.choices) if place.kind is Kind.TEXT else ()
    made = Input(
        under + place.at, place=place, value=value, choices=chosen, suggestions=suggestions, note=note, fix=fix
    )
    if context.doubt and place.picks and value:
        made.warnings.append(context.doubt)
    index[made.at] = made
    return made


def _choices(place: Place, value: str, context: Context) -> tuple[SafeString | None, str]:
    unset = f"Not set: {place.unset}" if place.unset else "Choose…" if place.needed else "Not set"
    if place.kind is Kind.YES_NO:
        return options.drawn((("true", "Yes"), ("false", "No")), value, unset), ""
    if place.choices and place.kind is Kind.CHOICE:
        return options.drawn(place.choices, value, unset), ""
    if place.kind is not Kind.CHOICE or not place.picks:
        return None, ""
    found = options.options(place.picks, context.lists)
    if found is None:
        return None, _why_typed(context.lists, place.picks)
    return options.drawn(found, value, unset), ""


def _why_typed(lists: options.Lists, picks: str) -> str:
    problem = lists[picks].error if picks in lists else None
    without = "It depends on the cluster: choose that first." if lists else "You are not signed in to the cloud."
    return f"The list could not be loaded, so type the value. {problem.message if problem else without}"


def _row_list(rows: Rows, under: str, tree: Answer, context: Context, index: dict[str, Blamed]) -> RowList:
    at = under + rows.at
    fix = context.fix or (None if under else fix_at(context.fixed, at))
    typed = rows_in(tree, rows.at)
    filled = [one for one in typed if not is_blank(answer_at(tree, f"{rows.at}/{one}"))]
    made = RowList(at, rows=rows, items=[], filled=filled, fix=fix)
    index[at] = made
    numbers = typed or (["0"] if rows.first else [])
    for position, number in enumerate(numbers):
        row_at = f"{at}/{number}"
        row_tree = answer_at(tree, f"{rows.at}/{number}") or {}
        row_fix = fix or (fix_at(context.fixed, at + pointers.join(_key(row_tree))) if rows.is_map else None)
        inside = context if row_fix is context.fix else replace(context, fix=row_fix)
        parts = [_part(place, row_at, row_tree, inside, index) for place in rows.places]
        made.items.append(Row(row_at, f"{rows.item} {position + 1}", parts, row_fix))
    return made


def _key(row: Answer) -> str:
    """Return the key that was typed in a row of a map."""
    typed = answer_at(row, "/key")
    return typed.strip() if isinstance(typed, str) else ""


def _blame(problem: Problem, index: Mapping[str, Blamed], tree: Tree) -> None:
    place = _nearest(_as_typed(problem.pointer, index), index, tree)
    texts = place.errors if problem.is_error else place.warnings
    if problem.message not in texts:
        texts.append(problem.message)


def _as_typed(pointer: str, index: Mapping[str, Blamed]) -> str:
    """Return where on the page a value of the body stands: blank rows between others are not in the body."""
    way: list[str] = []
    for step in pointers.split(pointer):
        holder = index.get(pointers.join(*way))
        is_item = isinstance(holder, RowList) and not holder.rows.is_map and step.isdecimal()
        filled = holder.filled if isinstance(holder, RowList) and is_item else []
        way.append(filled[int(step)] if is_item and int(step) < len(filled) else step)
    return pointers.join(*way)


def _focus(at: str, index: Mapping[str, Blamed]) -> None:
    """Mark what comes first at a pointer."""
    found = next((one for one in index.values() if at and f"{one.at}/".startswith(f"{at}/")), None)
    if found:
        found.is_focused = True


def _nearest(pointer: str, index: Mapping[str, Blamed], tree: Tree | None = None) -> Blamed:
    """Return what stands at a pointer, or what comes closest to it."""
    if pointer in index:
        return index[pointer]
    way = pointers.split(pointer)
    nearest = index[max(index, key=lambda at: steps.shared(way, pointers.split(at)))]
    if isinstance(nearest, RowList) and nearest.rows.is_map and tree:
        return _entry(nearest, way, index, tree)
    return nearest


def _entry(rows: RowList, way: tuple[str, ...], index: Mapping[str, Blamed], tree: Tree) -> Blamed:
    """Return the key's input of a map's entry, which the body names by its key."""
    key = way[len(pointers.split(rows.at))] if len(way) > len(pointers.split(rows.at)) else None
    for row in rows.items:
        if _key(answer_at(tree, row.at)) == key:
            return index[f"{row.at}/key"]
    return rows


def _label(blamed: Blamed) -> str:
    return blamed.label if isinstance(blamed, (Input, RowList)) else ""
