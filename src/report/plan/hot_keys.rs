//! The hottest keys that move, as a table.

use crate::figures::Columns;
use crate::plan::Forecast;
use crate::report::hot_keys::row;
use crate::sheet::Sheet;
use crate::text::thousands;

/// Those of the whole plan, hottest first; none if every key came once.
pub(super) fn hot_keys(forecast: &Forecast) -> Option<Sheet> {
    let rows = forecast.hot_keys.iter();
    let rows = rows.map(|moved| row(Columns::default(), moved));
    let sheet = Sheet::of_columns(3, rows).titled("Hottest keys that move");
    let sheet = match forecast.hot_keys_missed {
        0 => sheet,
        missed => sheet.noted(format!(
            "At least so many requests; of each key up to {} more.",
            thousands(missed)
        )),
    };
    (!sheet.rows.is_empty()).then_some(sheet)
}
