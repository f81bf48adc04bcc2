//! Items.

use super::Builder;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::grammar::{Kids, Pair, Rule};
use crate::syntax::tree::{Cell, Item, ItemKind, Query, Row, Scene, Step, StepKind};

impl Builder<'_> {
    /// Everything in `file`.
    pub(super) fn items(&mut self, pair: Pair<'_>) -> Vec<Item> {
        let mut before = None;
        let mut items = Vec::new();
        for pair in Kids::of(pair) {
            if pair.as_rule() == Rule::bad_item {
                self.bad(&pair, before.take(), Rule::after_item, Rule::item);
                self.incomplete = true;
                continue;
            }
            self.item = pair.as_span().start();
            before = Some(self.item);
            let span = self.span(&pair);
            let doc = self.doc(span);
            match Kids::of(pair).next().and_then(|inner| self.item_kind(inner)) {
                Some(kind) => items.push(Item { span, doc, kind }),
                None => self.lost(span),
            }
        }
        items
    }

    fn item_kind(&mut self, pair: Pair<'_>) -> Option<ItemKind> {
        let head = self.span(&pair);
        let rule = pair.as_rule();
        let mut kids = Kids::of(pair);
        Some(match rule {
            Rule::use_ => ItemKind::Use(self.literal(kids.next()?)),
            Rule::enum_ => {
                let name = self.next_word(&mut kids)?;
                ItemKind::Enum { name, values: kids.map(|value| self.word(&value)).collect() }
            }
            Rule::table => {
                let name = self.next_word(&mut kids)?;
                ItemKind::Table { name, rows: self.rows(kids) }
            }
            Rule::type_ => {
                let name = self.next_word(&mut kids)?;
                ItemKind::Type { name, fields: self.fields(kids.next()?)? }
            }
            Rule::settings => ItemKind::Settings(self.settings(kids)),
            Rule::phrases => ItemKind::Phrases(self.phrases(kids)),
            Rule::languages => {
                let mut list = Vec::new();
                while let Some(language) = kids.next() {
                    list.push((self.word(&language), self.literal(kids.next()?)));
                }
                ItemKind::Languages(list)
            }
            Rule::hours => ItemKind::Hours { name: self.next_word(&mut kids)? },
            Rule::music => {
                let name = self.next_word(&mut kids)?;
                ItemKind::Music { name, steps: self.music(kids) }
            }
            Rule::service => ItemKind::Service(self.service(kids)?),
            Rule::admit => {
                let condition = self.expr(kids.next()?);
                ItemKind::Admit { condition, otherwise: self.happens(kids.next()?)? }
            }
            Rule::listen => {
                let within = self.time(&kids.next()?);
                let tries = kids.next().and_then(|tries| Kids::of(tries).next());
                ItemKind::Listen { within, tries: tries.map(|tries| self.count(&tries)) }
            }
            Rule::anywhere => {
                let mut keys = Vec::new();
                while let Some(key) = kids.eat(Rule::key) {
                    keys.push(self.key(key)?);
                }
                ItemKind::Anywhere { keys, happens: self.happens(kids.next()?)? }
            }
            Rule::on_rule => {
                let event = self.next_word(&mut kids)?;
                ItemKind::On { event, happens: self.happens(kids.next()?)? }
            }
            Rule::query => ItemKind::Query(self.query(kids)?),
            Rule::scene => ItemKind::Scene(self.scene(kids, head.head())?),
            _ => return None,
        })
    }

    fn query(&mut self, mut kids: Kids<'_>) -> Option<Query> {
        let name = self.next_word(&mut kids)?;
        let params = self.params(kids.next()?)?;
        let gives = self.ty(kids.next()?);
        let depth = kids.eat(Rule::int).map(|depth| self.count(&depth));
        Some(Query { name, params, gives, depth, body: self.block(kids.next()?) })
    }

    fn scene(&mut self, mut kids: Kids<'_>, start: Span) -> Option<Scene> {
        let name = self.next_word(&mut kids)?;
        let params = match kids.eat(Rule::params) {
            Some(params) => self.params(params)?,
            None => Vec::new(),
        };
        let gives = kids.eat(Rule::ty).map(|ty| self.ty(ty));
        let head = start.to(name.span);
        Some(Scene { name, params, gives, body: self.block(kids.next()?), head })
    }

    fn music(&mut self, kids: Kids<'_>) -> Vec<Step> {
        let mut steps = Vec::new();
        for pair in kids {
            match pair.as_rule() {
                Rule::unclosed => {}
                Rule::bad_step => {
                    let span = self.bad(&pair, None, Rule::music_step, Rule::music_step);
                    steps.push(Step { span, kind: StepKind::Bad });
                }
                _ => steps.push(self.step(pair)),
            }
        }
        steps
    }

    /// Rows of one width, the first of which names the columns.
    pub(super) fn rows(&mut self, kids: Kids<'_>) -> Vec<Row> {
        let rows: Vec<Row> = kids.map(|row| self.row(row)).collect();
        self.row_widths(&rows);
        rows
    }

    fn row(&mut self, pair: Pair<'_>) -> Row {
        let span = self.span(&pair);
        let cells = Kids::of(pair)
            .filter_map(|cell| {
                let span = self.span(&cell);
                let inner = Kids::of(cell).next()?;
                Some(match inner.as_rule() {
                    Rule::string => Cell { text: self.literal(inner).template(), number: None, word: false, span },
                    Rule::number => {
                        let number = inner.as_str().parse().ok();
                        Cell { text: inner.as_str().to_owned(), number, word: false, span }
                    }
                    _ => Cell { text: inner.as_str().to_owned(), number: None, word: true, span },
                })
            })
            .collect();
        Row { cells, span }
    }

    /// Every row is as wide as the first one, which names the columns.
    fn row_widths(&mut self, rows: &[Row]) {
        let Some((columns, rows)) = rows.split_first() else { return };
        let wanted = columns.cells.len();
        for row in rows.iter().filter(|row| row.cells.len() != wanted) {
            self.report(
                Diagnostic::new(
                    Code::RowWidth,
                    format!("this row has {}, the table has {}", cells(row.cells.len()), columns_of(wanted)),
                )
                .at(row.span, cells(row.cells.len()))
                .at(columns.span, columns_of(wanted))
                .help("write one cell for each column, with `|` between cells and `,` between rows"),
            );
        }
    }
}

fn cells(n: usize) -> String {
    if n == 1 { "one cell".to_owned() } else { format!("{n} cells") }
}

fn columns_of(n: usize) -> String {
    if n == 1 { "one column".to_owned() } else { format!("{n} columns") }
}
