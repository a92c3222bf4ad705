//! A report as a page: one HTML file with everything in it, which asks the network for nothing.

use anyhow::Result;
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, HtmlEscape, UndefinedBehavior, Value, context};

use super::document::{Document, Listing};
use crate::plot::{Medium, Plot};
use crate::sheet::Sheet;

/// Writes a report as a page that ends with the command that made it.
///
/// # Errors
/// None that a report can cause; those of the drawing are passed on.
pub(crate) fn page(document: &Document, command: &str) -> Result<Vec<u8>> {
    let drawings: Result<_> = document
        .plots
        .iter()
        .map(|plot| plot.svg(Medium::Page))
        .collect();
    render(document, drawings?, command)
}

/// The page with a drawing as SVG for each plot.
fn render(document: &Document, drawings: Vec<String>, command: &str) -> Result<Vec<u8>> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).build()?);
    // The name's ending has everything escaped that is not said to be safe.
    environment.add_template("page.html", include_str!("page/page.html"))?;
    let plots = document.plots.iter().zip(drawings);
    let page = environment.get_template("page.html")?.render(context! {
        title => &document.question,
        question => marked(&document.question),
        answer => document.answer().map(marked),
        conclusions => all_marked(document.other_conclusions()),
        advice => all_marked(&document.advice),
        setting => marked(&document.setting),
        caveats => all_marked(&document.caveats),
        plots => plots.map(|(plot, drawing)| figure(plot, drawing)).collect::<Vec<_>>(),
        sheets => document.sheets.iter().map(table).collect::<Vec<_>>(),
        listings => document.listings.iter().map(listing).collect::<Vec<_>>(),
        command,
        version => env!("CARGO_PKG_VERSION"),
        style => Value::from_safe_string(include_str!("page/style.css").to_owned()),
        script => Value::from_safe_string(include_str!("page/script.js").to_owned()),
    })?;
    Ok(page.into_bytes())
}

fn all_marked(texts: &[String]) -> Vec<Value> {
    texts.iter().map(|text| marked(text)).collect()
}

/// A text in which parts between two backticks are code.
fn marked(text: &str) -> Value {
    let parts: Vec<_> = text
        .split('`')
        .map(|part| HtmlEscape(part).to_string())
        .collect();
    if parts.len().is_multiple_of(2) {
        return Value::from(text.to_owned());
    }
    let marked = parts
        .into_iter()
        .enumerate()
        .map(|(number, part)| match number % 2 {
            1 => format!("<code>{part}</code>"),
            _ => part,
        });
    Value::from_safe_string(marked.collect())
}

fn figure(plot: &Plot, drawing: String) -> Value {
    context! {
        name => &plot.name,
        title => &plot.title,
        caption => &plot.caption,
        // What draws escapes the names.
        svg => Value::from_safe_string(drawing),
        table => table(&plot.table),
    }
}

fn table(sheet: &Sheet) -> Value {
    context! {
        title => &sheet.title,
        headers => &sheet.headers,
        words => sheet.words,
        rows => &sheet.rows,
        note => &sheet.note,
    }
}

fn listing(listing: &Listing) -> Value {
    context! {
        title => &listing.title,
        text => listing.text.trim_end(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::{Drawing, Strips};

    /// What would end an element, an attribute or an entity.
    const ODD: &str = "<b>&\"x'";
    const ESCAPED: &str = "&lt;b&gt;&amp;&quot;x&#x27;";
    const DRAWING: &str =
        r#"<svg xmlns="http://www.w3.org/2000/svg"><rect><title>b1</title></rect></svg>"#;

    fn sheet(title: &str, cells: [&str; 3]) -> Sheet {
        Sheet {
            title: title.to_owned(),
            headers: ["algorithm", "finding", "peak"].map(str::to_owned).into(),
            words: 2,
            rows: vec![cells.map(str::to_owned).into()],
            ..Sheet::default()
        }
    }

    fn plot(name: &str) -> Plot {
        Plot {
            name: name.to_owned(),
            title: format!("The title of {name}"),
            caption: format!("The caption of {name}."),
            drawing: Drawing::Strips(Strips {
                owners: Vec::new(),
                strips: Vec::new(),
            }),
            table: sheet("", [name, "even", "1.0159"]),
        }
    }

    fn document(plots: Vec<Plot>) -> Document {
        Document {
            question: "Which is even?".to_owned(),
            answer: Some("maglev is, by 5%.".to_owned()),
            setting: "10 backends".to_owned(),
            caveats: vec!["jump is omitted".to_owned()],
            conclusions: vec!["Nothing moves needlessly.".to_owned()],
            advice: vec!["Take maglev.".to_owned()],
            sheets: vec![sheet("Spread", ["maglev", "uneven", "< 0.001"])],
            plots,
            ..Document::default()
        }
    }

    fn rendered(document: &Document, command: &str) -> String {
        let drawings = vec![DRAWING.to_owned(); document.plots.len()];
        String::from_utf8(render(document, drawings, command).unwrap()).unwrap()
    }

    fn count(page: &str, text: &str) -> usize {
        page.matches(text).count()
    }

    #[test]
    fn whatever_a_name_is_it_ends_no_element_and_no_attribute() {
        let odd = || ODD.to_owned();
        let odd_sheet = || Sheet {
            title: odd(),
            headers: vec![odd(), odd()],
            words: 1,
            rows: vec![vec![odd(), odd()]],
            note: odd(),
            ..Sheet::default()
        };
        let odd_plot = Plot {
            title: odd(),
            caption: odd(),
            table: odd_sheet(),
            ..plot("odd")
        };
        let document = Document {
            question: odd(),
            answer: Some(odd()),
            setting: odd(),
            caveats: vec![odd()],
            conclusions: vec![odd()],
            advice: vec![odd()],
            sheets: vec![odd_sheet()],
            listings: vec![Listing {
                title: odd(),
                text: odd(),
            }],
            plots: vec![odd_plot],
            ..Document::default()
        };
        let page = rendered(&document, ODD);
        assert_eq!(count(&page, "<b>"), 0);
        // The question is the title as well; a plot's title the name of its drawing as well.
        let (texts, of_a_plot, of_a_sheet, of_a_listing) = (8, 3, 6, 2);
        assert_eq!(
            count(&page, ESCAPED),
            texts + of_a_plot + 2 * of_a_sheet + of_a_listing
        );
    }

    #[test]
    fn what_stands_between_backticks_is_code() {
        let document = Document {
            setting: "from `<a>` to `b`".to_owned(),
            caveats: vec!["an odd ` is none".to_owned()],
            ..document(Vec::new())
        };
        let page = rendered(&document, "evenkeel plan");
        let setting = "<p>from <code>&lt;a&gt;</code> to <code>b</code></p>";
        assert_eq!(count(&page, setting), 1);
        assert_eq!(count(&page, "<p>an odd ` is none</p>"), 1);
    }

    #[test]
    fn nothing_is_asked_of_the_network() {
        let page = rendered(&document(vec![plot("peak")]), "evenkeel compare");
        let page = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        for from_elsewhere in ["http:", "https:", "//", "url(", "@import", "src="] {
            assert_eq!(count(&page, from_elsewhere), 0, "{from_elsewhere}");
        }
        assert_eq!(count(&page, "href="), 1);
        assert_eq!(count(&page, "<link rel=\"icon\" href=\"data:,\">"), 1);
        assert_eq!(count(&page, "content=\"default-src 'none'; "), 1);
    }

    #[test]
    fn rows_name_what_they_are_of_and_columns_know_words_from_numbers() {
        let page = rendered(&document(vec![plot("peak")]), "evenkeel compare");
        let cells = [
            "<th scope=\"col\" class=\"word\">algorithm</th>",
            "<th scope=\"col\" class=\"word\">finding</th>",
            "<th scope=\"col\">peak</th>",
        ];
        assert_eq!(count(&page, &cells.concat()), 2);
        for [name, finding, peak] in [
            ["maglev", "uneven", "&lt; 0.001"],
            ["peak", "even", "1.0159"],
        ] {
            let row = format!(
                "<tr><th scope=\"row\"><span>{name}</span></th>\
                 <td class=\"word\"><span>{finding}</span></td><td>{peak}</td></tr>"
            );
            assert_eq!(count(&page, &row), 1, "{row}");
        }
        assert_eq!(count(&page, "<caption><span>Spread</span></caption>"), 1);
        let unseen = "<caption class=\"unseen\">The title of peak</caption>";
        assert_eq!(count(&page, unseen), 1);
    }

    #[test]
    fn a_table_of_numbers_alone_names_no_rows() {
        let mut document = document(Vec::new());
        document.sheets[0].words = 0;
        let page = rendered(&document, "evenkeel compare");
        assert_eq!(count(&page, "scope=\"row\">"), 0);
        assert_eq!(count(&page, "<td>maglev</td><td>uneven</td>"), 1);
    }

    #[test]
    fn drawings_stand_as_they_were_drawn_below_their_titles() {
        let plots = ["peak", "remap"].map(plot).into();
        let page = rendered(&document(plots), "evenkeel compare");
        assert_eq!(count(&page, DRAWING), 2);
        for name in ["peak", "remap"] {
            let title = format!("<h2>The title of {name}</h2>");
            let labelled = format!("role=\"img\" aria-label=\"The title of {name}\">");
            assert_eq!(count(&page, &title), 1);
            assert_eq!(count(&page, &labelled), 1);
        }
    }

    #[test]
    fn contents_are_listed_where_there_is_much_to_scroll() {
        let pages = [6, 7].map(|plots| {
            let plots = (0..plots).map(|number| plot(&format!("peak-{number}")));
            rendered(&document(plots.collect()), "evenkeel compare")
        });
        assert_eq!(pages.each_ref().map(|page| count(page, "<nav")), [0, 1]);
        for target in ["plot-peak-0", "plot-peak-6", "table-1"] {
            assert_eq!(count(&pages[1], &format!("href=\"#{target}\"")), 1);
            assert_eq!(count(&pages[1], &format!(" id=\"{target}\"")), 1);
        }
    }

    #[test]
    fn what_a_report_has_not_the_page_has_not() {
        let bare = Document {
            setting: String::new(),
            caveats: Vec::new(),
            conclusions: Vec::new(),
            advice: Vec::new(),
            sheets: Vec::new(),
            ..document(Vec::new())
        };
        let page = rendered(&bare, "evenkeel compare");
        for element in ["<figure", "<nav", "<table", "<h2>"] {
            assert_eq!(count(&page, element), 0, "{element}");
        }
        let answer = "<p class=\"answer\">maglev is, by 5%.</p>";
        assert_eq!(count(&page, answer), 1);
    }

    #[test]
    fn the_same_report_is_the_same_page() {
        let page = || rendered(&document(vec![plot("peak")]), "evenkeel compare");
        assert_eq!(page(), page());
        let version = concat!("Made by Evenkeel ", env!("CARGO_PKG_VERSION"), " with");
        assert_eq!(count(&page(), version), 1);
        assert_eq!(count(&page(), "<code>evenkeel compare</code>"), 1);
    }
}
