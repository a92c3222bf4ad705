//! Whose a ring's or a table's parts are, drawn.

use super::Strips;
use super::legend::{self, Sign};
use super::svg::{Anchor, Picture, Rect, Shapes};
use super::theme::{INK, WIDTH, category};

/// The height of a strip, and of its name above it.
const STRIP: [f64; 2] = [30., 24.];

impl Strips {
    pub(super) fn draw(&self) -> Picture {
        let mut shapes = Shapes::default();
        let owners = self.owners.iter().enumerate();
        let owners = owners.map(|(place, owner)| (Sign::Area(category(place)), owner.clone()));
        let owners: Vec<_> = owners.collect();
        let mut y = f64::from(legend::draw(&mut shapes, &owners));
        for strip in &self.strips {
            shapes.text([0., y + 15.], Anchor::Start, INK, &strip.name);
            y += STRIP[1];
            let mut from = 0.;
            for &(end, owner) in &strip.parts {
                let [x, to] = [from, end].map(|place| place * f64::from(WIDTH));
                let at = Rect {
                    x,
                    y,
                    width: to - x,
                    height: STRIP[0],
                };
                let owner_name = self.owners.get(owner).map_or("", String::as_str);
                let tip = format!(
                    "{}\n{owner_name}: {:.2} %, from {:.2} % on",
                    strip.name,
                    (end - from) * 100.,
                    from * 100.
                );
                shapes.rect(at, category(owner), 1., &tip);
                from = end;
            }
            y += STRIP[0] + 8.;
        }
        Picture {
            shapes,
            height: y as u32 + 2,
        }
    }
}
