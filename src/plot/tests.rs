//! Each kind of plot, drawn.

use roxmltree::{Document, Node};

use super::*;
use crate::sheet::Sheet;

fn plot(name: &str, drawing: Drawing) -> Plot {
    Plot {
        name: name.to_owned(),
        title: format!("What <{name}> shows"),
        caption: String::new(),
        drawing,
        table: Sheet::default(),
    }
}

fn dot(what: &str, value: f64) -> Dot {
    Dot {
        what: what.to_owned(),
        value,
    }
}

fn bars() -> Plot {
    let row = |(name, parts, target): (&str, [f64; 2], f64)| Row {
        name: name.to_owned(),
        parts: parts.to_vec(),
        target: Some(target),
        interval: Some([parts[0] * 0.9, parts[0] * 1.1]),
        ..Row::default()
    };
    let rows = [
        ("rendezvous", [0.0909, 0.], 0.0909),
        ("maglev", [0.0912, 0.013], 0.0909),
        (
            "a <name> that is far too long to stand there",
            [0.09, 0.82],
            0.0909,
        ),
    ];
    plot(
        "bars",
        Drawing::Rows(Rows {
            axis: Axis::new("share of the keys", Scale::Linear, Unit::Percent),
            legend: vec!["has to move".to_owned(), "moves needlessly".to_owned()],
            target: Some("the least".to_owned()),
            rows: rows.map(row).into(),
            band: None,
        }),
    )
}

fn dots() -> Plot {
    let row = |name: &str| Row {
        name: name.to_owned(),
        dots: (0..10)
            .map(|number| dot(&format!("b{number}"), 0.9 + f64::from(number) * 0.02))
            .collect(),
        ..Row::default()
    };
    let spread = Row {
        name: "of many".to_owned(),
        spread: Some([0.7, 0.95, 1., 1.05, 1.4]),
        ..Row::default()
    };
    plot(
        "dots",
        Drawing::Rows(Rows {
            axis: Axis::new("requests over a backend's due", Scale::Fitted, Unit::Number),
            legend: Vec::new(),
            target: None,
            rows: vec![row("rendezvous"), row("ketama"), spread],
            band: Some(Band {
                what: "chance".to_owned(),
                low: 0.98,
                high: 1.02,
            }),
        }),
    )
}

fn curves() -> Plot {
    let line = |(name, factor): (&str, f64)| Line {
        name: name.to_owned(),
        points: [0., 0.5, 0.9, 0.99, 0.999]
            .map(|share| [share, factor / (1. - share)])
            .into(),
    };
    let lines = [("round-robin", 4e6), ("least-connections", 1e6)];
    plot(
        "curves",
        Drawing::Curves(Curves {
            across: Axis::new("share of the requests", Scale::Nines, Unit::Percent),
            up: Axis::new("takes at most", Scale::Logarithmic, Unit::Nanoseconds),
            lines: lines.map(line).into(),
            events: vec![
                dot("much later", 0.99999),
                dot("b1 at speed 0.2", 0.95),
                dot("b1 at speed 0.2: over", 0.96),
            ],
        }),
    )
}

fn heat_map() -> Plot {
    let names: Vec<_> = (1..=6).map(|number| format!("cache-{number}")).collect();
    let cells = (0..36).map(|place| (place % 7 > 0).then(|| f64::from(place) / 36.));
    plot(
        "heat-map",
        Drawing::HeatMap(HeatMap {
            axes: ["from".to_owned(), "to".to_owned()],
            rows: names.clone(),
            columns: names,
            cells: cells.collect(),
            unit: Unit::Percent,
            what: "of the keys".to_owned(),
            shades: Shades::Even,
            most: None,
            events: vec![(3, "something".to_owned())],
        }),
    )
}

fn strips() -> Plot {
    let strip = |name: &str| Strip {
        name: name.to_owned(),
        parts: (1..=40)
            .map(|end| {
                (
                    f64::from(end) / 40.,
                    (end != 7).then_some(end as usize * 7 % 3),
                )
            })
            .collect(),
    };
    plot(
        "strips",
        Drawing::Strips(Strips {
            owners: ["a", "b", "c"].map(str::to_owned).into(),
            strips: vec![strip("before"), strip("after")],
        }),
    )
}

fn all() -> [Plot; 5] {
    [bars(), dots(), curves(), heat_map(), strips()]
}

fn parsed(svg: &str) -> Document<'_> {
    Document::parse(svg).expect("an SVG is XML")
}

fn number(node: Node<'_, '_>, attribute: &str) -> f64 {
    node.attribute(attribute).unwrap().parse().unwrap()
}

/// The texts of all tips.
fn tips(svg: &str) -> Vec<String> {
    let parsed = parsed(svg);
    let titles = parsed
        .descendants()
        .filter(|node| node.has_tag_name("title"));
    titles
        .map(|title| title.text().unwrap().to_owned())
        .collect()
}

#[test]
fn every_figure_has_a_tip() {
    let expected = [
        // Parts, intervals and targets of three bars; a part that is nothing is there.
        (bars(), 3 * (2 + 1 + 1), "maglev\nmoves needlessly: 1.3%"),
        // Twenty dots, and a box of a line, a box and a median.
        (dots(), 23, "ketama\nb3: 0.96"),
        (curves(), 12, "round-robin\n99%: 400 ms"),
        (heat_map(), 31, "from cache-1\nto cache-3\n5.56%"),
        (strips(), 80, "before\nb: 2.50%, from 0.00% on"),
    ];
    for (plot, count, one) in expected {
        let tips = tips(&plot.svg(Medium::Page).unwrap());
        assert_eq!(tips.len(), count, "{}", plot.name);
        assert!(tips.iter().any(|tip| tip == one), "{one} in {tips:?}");
    }
}

#[test]
fn nothing_is_drawn_outside() {
    for plot in all() {
        let svg = plot.svg(Medium::Page).unwrap();
        let parsed = parsed(&svg);
        let size = parsed.root_element().attribute("viewBox").unwrap();
        let size: Vec<f64> = size.split(' ').map(|side| side.parse().unwrap()).collect();
        for node in parsed.descendants() {
            let [left, right, top, bottom] = match node.tag_name().name() {
                "rect" => {
                    let [x, y] = ["x", "y"].map(|side| number(node, side));
                    let [width, height] = ["width", "height"].map(|side| number(node, side));
                    assert!(width >= 0. && height >= 0.);
                    [x, x + width, y, y + height]
                }
                "circle" => {
                    let [x, y, r] = ["cx", "cy", "r"].map(|side| number(node, side));
                    [x - r, x + r, y - r, y + r]
                }
                "text" if node.attribute("x").is_some() => {
                    let [x, y] = ["x", "y"].map(|side| number(node, side));
                    let width = text::width_of(node.text().unwrap().trim());
                    let before = match node.attribute("text-anchor") {
                        Some("middle") => width / 2.,
                        Some("end") => width,
                        _ => 0.,
                    };
                    [x - before, x - before + width, y, y]
                }
                _ => continue,
            };
            assert!(left >= 0. && right <= size[2], "{} {node:?}", plot.name);
            assert!(top >= 0. && bottom <= size[3], "{} {node:?}", plot.name);
        }
    }
}

#[test]
fn a_row_ends_with_what_it_comes_to() {
    let texts = |plot: Plot| {
        let svg = plot.svg(Medium::Page).unwrap();
        let parsed = parsed(&svg);
        let texts = parsed
            .descendants()
            .filter(|node| node.has_tag_name("text"));
        let texts = texts.filter(|text| text.attribute("x") == Some("560"));
        texts
            .map(|text| text.text().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(texts(bars()), ["9.09%", "10.4%", "91%"]);
    // Ten figures come to nothing.
    assert!(texts(dots()).is_empty());
}

#[test]
fn a_page_chooses_every_colour() {
    for plot in all() {
        let svg = plot.svg(Medium::Page).unwrap();
        let parsed = parsed(&svg);
        let elements = parsed.descendants();
        let colours = elements.flat_map(|node| ["fill", "stroke"].map(|name| node.attribute(name)));
        for colour in colours.flatten() {
            assert!(
                ["none", "transparent"].contains(&colour) || colour.starts_with("var(--"),
                "{colour}"
            );
        }
    }
}

#[test]
fn a_file_says_what_it_is() {
    for plot in all() {
        let svg = plot.svg(Medium::File).unwrap();
        let parsed = parsed(&svg);
        let mut texts = parsed
            .descendants()
            .filter(|node| node.has_tag_name("text"));
        assert!(texts.any(|text| text.text() == Some(&plot.title)));
        assert!(!svg.contains("var("));
    }
}

/// The kinds of files that are built in.
const ENDINGS: &[&str] = if cfg!(feature = "png") {
    &["svg", "png"]
} else {
    &["svg"]
};

#[test]
fn files_are_the_same_every_time() {
    let folder = tempfile::tempdir().unwrap();
    let [one, other] = ["one", "other/one"].map(|name| folder.path().join(name));
    for folder in [&one, &other] {
        write_files(&all(), folder).unwrap();
    }
    for plot in all() {
        for ending in ENDINGS {
            let name = format!("{}.{ending}", plot.name);
            let [first, second] =
                [&one, &other].map(|folder| std::fs::read(folder.join(&name)).unwrap());
            assert_eq!(first, second, "{name}");
        }
    }
}

#[cfg(feature = "png")]
#[test]
fn pictures_are_twice_as_wide_and_have_letters() {
    for plot in all() {
        let bytes = super::png::png(&plot.svg(Medium::File).unwrap()).unwrap();
        let picture = resvg::tiny_skia::Pixmap::decode_png(&bytes).unwrap();
        // Twice as wide as the plot with its margins.
        assert_eq!(picture.width(), 2 * (560 + 32));
        let dark = picture.pixels().iter().filter(|pixel| pixel.red() < 0x60);
        assert!(dark.count() > 100, "{} has letters", plot.name);
    }
}

#[test]
fn bars_of_characters_fit() {
    assert_eq!(
        super::bars(&all(), 60),
        "What <bars> shows\n\n\
         rendezvous                9.09%  ██▊\n\
         maglev                    10.4%  ███▏\n\
         a <name> that…tand there    91%  ███████████████████████████\n"
    );
    for width in [40, 80, 200] {
        let drawn = super::bars(&all(), width);
        let longest = drawn.lines().map(|line| line.chars().count()).max();
        // A bar is at least eight columns long.
        assert!(longest.unwrap() <= width.max(42), "{width}");
    }
    assert_eq!(super::bars(&[dots()], 80), "");
}
