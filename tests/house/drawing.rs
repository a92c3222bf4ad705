//! Draws modules and their arrows as text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::graph::{Graph, circles, depths, reduced};

/// The widest line.
const WIDTH: usize = 100;

/// Modules of one height.
pub(crate) struct Layer {
    pub(crate) name: &'static str,
    pub(crate) modules: &'static [&'static str],
}

/// A line a module with its arrows, without those that others imply: by the layers of a plan or, without
/// one, by the longest way from above.
pub(crate) fn drawing(graph: &Graph<'_>, plan: &[Layer]) -> String {
    let mut lines = String::new();
    let width = graph
        .keys()
        .map(|name| name.len())
        .max()
        .unwrap_or_default();
    let arrows = reduced(graph);
    for (title, modules) in rows(graph, plan) {
        if let Some(title) = title {
            writeln!(lines, "  ── {title}").unwrap();
        }
        for module in modules {
            let arrow = if arrows[module].is_empty() { "" } else { " ->" };
            lines += &wrapped(&format!("  {module:<width$}{arrow}"), &arrows[module]);
        }
    }
    for circle in circles(graph) {
        lines += &wrapped("  in a circle:", &circle);
    }
    lines
}

/// Names behind a beginning, in as many lines as they take.
fn wrapped(begin: &str, names: &BTreeSet<&str>) -> String {
    let indent = " ".repeat(begin.chars().count());
    let (mut lines, mut line) = (String::new(), begin.to_owned());
    for (number, name) in names.iter().enumerate() {
        let comma = if number + 1 < names.len() { "," } else { "" };
        if line.chars().count() + 1 + name.len() + comma.len() > WIDTH {
            writeln!(lines, "{line}").unwrap();
            line.clone_from(&indent);
        }
        write!(line, " {name}{comma}").unwrap();
    }
    writeln!(lines, "{}", line.trim_end()).unwrap();
    lines
}

/// The modules from top to bottom, under the titles of their layers.
fn rows<'a>(graph: &Graph<'a>, plan: &[Layer]) -> Vec<(Option<&'static str>, Vec<&'a str>)> {
    if plan.is_empty() {
        let mut by_depth = BTreeMap::<_, Vec<_>>::new();
        for (module, depth) in depths(graph) {
            by_depth.entry(depth).or_default().push(module);
        }
        return by_depth
            .into_values()
            .map(|modules| (None, modules))
            .collect();
    }
    let row = |layer: &Layer| {
        let modules = graph.keys().copied();
        let modules = modules.filter(|module| layer.modules.contains(module));
        (Some(layer.name), modules.collect())
    };
    plan.iter().map(row).collect()
}
