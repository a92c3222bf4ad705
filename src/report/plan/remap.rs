//! What each change moves, as a table.

use crate::plan::{Figures, Forecast};
use crate::report::remap::{HEADERS, cells};
use crate::sheet::Sheet;
use crate::text::percent;

/// What each step moves, in percent.
pub(super) fn brief(forecast: &Forecast) -> Sheet {
    let row = |change: &str, figures: &Figures| {
        let shares = figures.shares().map(percent);
        [change.to_owned()].into_iter().chain(shares)
    };
    let steps = forecast.steps.iter();
    let steps = steps.map(|step| row(&step.change, &step.figures));
    let rows = steps.chain([row("all at once", &forecast.whole)]);
    let headers = ["change", "keys", "requests", "minimum", "needless"];
    Sheet::of(&headers, 1, rows).titled("What each change moves")
}

/// What each change moves, in full.
pub(super) fn remap(forecast: &Forecast) -> Sheet {
    let headers = [&["change"], &HEADERS[..]].concat();
    let row = |change: &str, figures: &Figures| {
        let mut row = vec![change.to_owned()];
        row.extend(cells(figures.shares()));
        row
    };
    let steps = forecast.steps.iter();
    let mut rows: Vec<_> = steps.map(|step| row(&step.change, &step.figures)).collect();
    if let Some(all) = &forecast.all_steps {
        let [ratio, requests, ..] = cells([all.remap_ratio, all.remap_requests, 0., 0.]);
        let blank = String::new;
        rows.push(vec![
            "all steps".to_owned(),
            ratio,
            requests,
            blank(),
            blank(),
            blank(),
        ]);
        rows.push(row("at once", &forecast.whole));
    } else {
        rows.push(row(&forecast.after.name, &forecast.whole));
    }
    Sheet::of(&headers, 1, rows).titled("What each change moves")
}
