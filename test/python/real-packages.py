# Real packages do real work. Each prints its result, which must be the same under the machine's own Python.
print("== attr")
import attr
@attr.s(auto_attribs=True, order=True, frozen=True)
class Point:
    x: int = attr.ib(validator=attr.validators.instance_of(int))
    y: int = 0
    tags: list = attr.Factory(list)
print(Point(1, 2), Point(1) < Point(2), attr.asdict(Point(3, tags=["a"])), attr.evolve(Point(1), y=9))
try: Point("x")
except TypeError as error: print(error.args[0])
try: Point(1).x = 2
except attr.exceptions.FrozenInstanceError as error: print(type(error).__name__)
print("== jinja2")
import jinja2
env = jinja2.Environment(autoescape=True, trim_blocks=True, loader=jinja2.DictLoader({
    "base": "<h1>{% block title %}{% endblock %}</h1>{% block body %}{% endblock %}",
    "page": "{% extends 'base' %}{% block title %}{{ t|upper }}{% endblock %}{% block body %}{% for i in items if i is odd %}[{{ loop.index }}:{{ i * 2 }}]{% else %}none{% endfor %}{{ '<b>' }}{% macro m(a, b=2) %}{{ a + b }}{% endmacro %}{{ m(3) }}{% endblock %}"}))
print(env.get_template("page").render(t="hello <you>", items=range(6)))
try: env.from_string("{% for x in %}").render()
except jinja2.TemplateSyntaxError as error: print(error)
print("== markdown")
import markdown
print(markdown.markdown("# Title\n\n* one\n* two `code`\n\n| a | b |\n|---|---|\n| 1 | *2* |\n\n```python\nx = 1\n```\n\nText[^1].\n\n[^1]: Note.\n", extensions=["tables", "fenced_code", "footnotes", "toc"]))
print("== pygments")
import pygments, pygments.lexers, pygments.formatters
code = "def f(x):\n    return f'{x!r:>10}' + 'a'  # comment\n"
print(pygments.highlight(code, pygments.lexers.PythonLexer(), pygments.formatters.HtmlFormatter(linenos="inline")))
print(pygments.highlight("int main() { return 0x1f; }", pygments.lexers.get_lexer_by_name("c"), pygments.formatters.RawTokenFormatter()).decode())
print("== networkx")
import networkx as nx
g = nx.grid_2d_graph(4, 4)
print(nx.shortest_path(g, (0, 0), (3, 3)), nx.diameter(g), sorted(nx.degree_histogram(g)))
d = nx.DiGraph([(1, 2), (2, 3), (3, 1), (3, 4), (4, 5), (5, 4)])
print([sorted(c) for c in nx.strongly_connected_components(d)], list(nx.topological_sort(nx.condensation(d))))
w = nx.Graph(); w.add_weighted_edges_from([("a", "b", 4), ("b", "c", 1), ("a", "c", 2), ("c", "d", 7)])
print(nx.dijkstra_path(w, "a", "d"), sorted(nx.minimum_spanning_edges(w, data=False)), nx.is_isomorphic(nx.cycle_graph(5), nx.complement(nx.cycle_graph(5))))
print("\n".join(nx.generate_gml(w)))
print("== sympy")
import sympy
x, y = sympy.symbols("x y")
print(sympy.integrate(sympy.exp(-x**2), (x, -sympy.oo, sympy.oo)), sympy.factor(x**4 - 1), sympy.diff(sympy.sin(x * y), x))
print(sympy.solve([x + y - 3, x - y - 1], [x, y]), sympy.limit(sympy.sin(x) / x, x, 0), sympy.series(sympy.cos(x), x, 0, 6))
print(sympy.Matrix([[1, 2], [3, 4]]).inv(), sympy.factorint(2**64 + 1), sympy.N(sympy.pi, 50))
print(sympy.pretty(sympy.Integral(x**2 / 2, x)))
