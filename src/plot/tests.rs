//! Each kind of plot, drawn.

use super::*;

fn axis(title: &str, scale: Scale, unit: Unit) -> Axis {
    Axis {
        title: title.to_owned(),
        scale,
        unit,
    }
}

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
            axis: axis("share of the keys", Scale::Linear, Unit::Percent),
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
            axis: axis("requests over a backend's due", Scale::Fitted, Unit::Number),
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
            across: axis("share of the requests", Scale::Nines, Unit::Percent),
            up: axis("takes at most", Scale::Logarithmic, Unit::Nanoseconds),
            lines: lines.map(line).into(),
            events: vec![
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

#[test]
fn look() {
    write_files(&all(), std::path::Path::new("/tmp/look")).unwrap();
    println!("{}", super::bars(&all(), 80));
}
