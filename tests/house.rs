//! The house: modules in layers, arrows that point one way, and libraries that print nothing.
//!
//! `docs/design.md` has a drawing of it. To write it again: `EVENKEEL_WRITE_HOUSE=1 cargo test --test all house::`.

mod drawing;
mod graph;
mod reader;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use drawing::{Layer, drawing};
use reader::{Files, Mention};

/// The layers of the command line and its libraries; arrows go down, or stay in a layer.
const LAYERS: &[Layer] = &[
    Layer {
        name: "the program",
        modules: &["lib"],
    },
    Layer {
        name: "commands",
        modules: &["commands"],
    },
    Layer {
        name: "outputs",
        modules: &["outputs", "progress"],
    },
    Layer {
        name: "reports",
        modules: &["report"],
    },
    Layer {
        name: "pictures",
        modules: &["plot", "sheet"],
    },
    Layer {
        name: "libraries",
        modules: &[
            "advise",
            "agreement",
            "change",
            "compare",
            "conform",
            "exchange",
            "explain",
            "export",
            "external",
            "import",
            "layout",
            "lint",
            "plan",
            "simulate",
            "tune",
            "vectors",
            "verify",
            "workload",
        ],
    },
    Layer {
        name: "protocol",
        modules: &["protocol"],
    },
    Layer {
        name: "files, words and figures",
        modules: &["figures", "input", "text"],
    },
];

/// From here down nothing is known of the command line, and nothing is printed.
const FIRST_LIBRARY: &str = "libraries";

/// What a library does not mention.
const NOT_OF_LIBRARIES: &[&[&str]] = &[
    &["clap"],
    &["indicatif"],
    &["io", "stdout"],
    &["io", "stderr"],
    &["print"],
    &["println"],
    &["eprint"],
    &["eprintln"],
];

/// The most files of `src/` that may name each other in a circle.
const MAX_CIRCLE: usize = 3;

/// The same of `algorithms/src/`.
const MAX_CIRCLE_OF_ALGORITHMS: usize = 3;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The folder or file right below the root that a module is in.
fn top(module: &str) -> &str {
    match module.split("::").next() {
        Some("") | None => "lib",
        Some(name) => name,
    }
}

fn same(module: &str) -> &str {
    module
}

fn layer_of(module: &str) -> usize {
    let is_in = |layer: &Layer| layer.modules.contains(&top(module));
    let layer = LAYERS.iter().position(is_in);
    layer.unwrap_or_else(|| panic!("`{module}` is in no layer of tests/house.rs"))
}

#[test]
fn no_large_circle_of_files() {
    for (name, most) in [
        ("src", MAX_CIRCLE),
        ("config/src", MAX_CIRCLE),
        ("algorithms/src", MAX_CIRCLE_OF_ALGORITHMS),
    ] {
        let files = Files::of(&folder(name));
        let circles = graph::circles(&files.graph(same));
        for circle in &circles {
            println!("{name}: a circle of {}: {circle:?}", circle.len());
        }
        let largest = circles.first().map_or(0, BTreeSet::len);
        assert!(largest <= most, "{name}: a circle of {largest} files");
    }
}

#[test]
fn no_circle_of_modules() {
    let files = Files::of(&folder("src"));
    let circles = graph::circles(&files.graph(top));
    assert!(circles.is_empty(), "{circles:?}");
}

#[test]
fn arrows_follow_the_plan() {
    let files = Files::of(&folder("src"));
    for (module, file) in files.iter() {
        for (to, line) in &file.arrows {
            let path = file.path.display();
            assert!(
                layer_of(module) <= layer_of(to),
                "{path}:{line}: `{}` is above `{}`",
                top(to),
                top(module)
            );
        }
    }
}

#[test]
fn libraries_print_nothing_and_know_no_command_line() {
    let names = |mention: &Mention, these: &[&str]| {
        mention
            .names
            .windows(these.len())
            .any(|names| names == these)
    };
    let first = LAYERS.iter().position(|layer| layer.name == FIRST_LIBRARY);
    let files = Files::of(&folder("src"));
    let libraries = files
        .iter()
        .filter(|(module, _)| Some(layer_of(module)) >= first);
    for (_, file) in libraries {
        for mention in &file.mentions {
            let wrong = NOT_OF_LIBRARIES.iter().find(|these| names(mention, these));
            let (path, line) = (file.path.display(), mention.line);
            assert!(wrong.is_none(), "{path}:{line}: a library names {wrong:?}");
        }
    }
}

#[test]
fn the_drawing_is_that_of_the_code() {
    const MARKS: [&str; 2] = ["<!-- the house, drawn -->\n", "<!-- the house ends -->"];
    let crates = [
        ("src", LAYERS),
        ("config/src", &[]),
        ("algorithms/src", &[]),
    ];
    let drawings = crates.map(|(name, layers)| {
        let files = Files::of(&folder(name));
        format!("{name}/\n{}", drawing(&files.graph(top), layers))
    });
    let drawn = format!("\n```text\n{}```\n\n", drawings.join("\n"));
    let path = folder("docs/design.md");
    let text = fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(MARKS[0]).unwrap();
    let (written, after) = rest.split_once(MARKS[1]).unwrap();
    if std::env::var_os("EVENKEEL_WRITE_HOUSE").is_some() {
        let [begin, end] = MARKS;
        fs::write(&path, format!("{before}{begin}{drawn}{end}{after}")).unwrap();
    } else {
        assert_eq!(
            written, drawn,
            "EVENKEEL_WRITE_HOUSE=1 cargo test --test all house:: writes the drawing in docs/design.md"
        );
    }
}
