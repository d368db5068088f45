"""Tables that become cards: what each cell tells of itself."""

from django.template import engines

from webapp.portal.tables import labelled

HEAD = '<thead><tr><th scope="col">Pool</th><th scope="col" class="num">Nodes, <b>at most</b></th>'
HEAD += '<th scope="col"><span class="visually-hidden">Acts</span></th></tr></thead>'


def test_a_cell_names_the_heading_of_its_column():
    rows = labelled(f'{HEAD}<tbody><tr><th scope="row">web</th><td class="num">3</td><td>Delete</td></tr></tbody>')
    assert '<td role="cell" data-label="Nodes, at most" class="num">3</td>' in rows


def test_a_heading_that_is_only_said_aloud_labels_nothing():
    rows = labelled(f"{HEAD}<tbody><tr><th>web</th><td>3</td><td>Delete</td></tr></tbody>")
    assert '<td role="cell">Delete</td>' in rows


def test_every_row_begins_with_the_first_heading_again():
    rows = labelled(f"{HEAD}<tbody>{'<tr><td>web</td><td>3</td></tr>' * 2}</tbody>")
    assert rows.count('data-label="Pool"') == rows.count('data-label="Nodes, at most"') == 2


def test_a_heading_cannot_break_out_of_its_attribute():
    rows = labelled('<thead><tr><th scope="col">a" onload="x</th></tr></thead><tbody><tr><td>1</td></tr></tbody>')
    assert 'data-label="a&quot; onload=&quot;x"' in rows


def test_what_is_laid_out_as_cards_says_aloud_that_it_is_a_table():
    text = '{% call table("Pools", id="pools") %}' + HEAD + "<tbody><tr><th>web</th></tr></tbody>{% endcall %}"
    html = engines["jinja2"].from_string(text).render()
    assert 'role="region" aria-label="Pools"><table id="pools" class="cards" role="table">' in html
    for role in ("rowgroup", "row", "columnheader", "rowheader"):
        assert f'role="{role}"' in html
