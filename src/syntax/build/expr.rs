//! Expressions.

use super::Builder;
use crate::source::Span;
use crate::syntax::grammar::{Kids, Pair, Rule, innermost};
use crate::syntax::tree::{BinaryOp, Expr, ExprKind, Pair as TreePair, Quantifier, Word};

/// An operator between two operands.
type Operator = (BinaryOp, Span);

impl Builder<'_> {
    /// Any rule of an expression: `expr` and what stands inside it.
    pub(super) fn expr(&mut self, pair: Pair<'_>) -> Expr {
        let pair = innermost(pair);
        let span = self.span(&pair);
        let built = match pair.as_rule() {
            Rule::expr => self.chain(pair, BinaryOp::Or, Rule::k_or),
            Rule::and_ => self.chain(pair, BinaryOp::And, Rule::k_and),
            Rule::cmp => self.comparison(pair),
            Rule::sum => self.sum(pair),
            Rule::postfix => self.postfix(pair),
            Rule::primary => self.primary(pair),
            _ => self.operand(pair),
        };
        built.unwrap_or_else(|| {
            self.lost(span);
            Expr { span, kind: ExprKind::Bad }
        })
    }

    /// A bare name.
    pub(super) fn name(&self, pair: &Pair<'_>) -> Expr {
        Expr { span: self.span(pair), kind: ExprKind::Name(pair.as_str().to_owned()) }
    }

    /// `args`: what stands between the parentheses.
    pub(super) fn args(&mut self, pair: Pair<'_>) -> Vec<Expr> {
        Kids::of(pair).map(|arg| self.expr(arg)).collect()
    }

    /// Operands of one rule with the same operator between them; `not` may stand before each.
    fn chain(&mut self, pair: Pair<'_>, op: BinaryOp, between: Rule) -> Option<Expr> {
        let mut kids = Kids::of(pair);
        let mut left = self.negation(&mut kids)?;
        while let Some(operator) = kids.eat(between) {
            let op_span = self.span(&operator);
            let right = self.negation(&mut kids)?;
            left = binary((op, op_span), left, right);
        }
        Some(left)
    }

    fn negation(&mut self, kids: &mut Kids<'_>) -> Option<Expr> {
        let mut starts = Vec::new();
        while let Some(not) = kids.eat(Rule::k_not) {
            starts.push(self.span(&not));
        }
        let operand = self.expr(kids.next()?);
        let negate = |of: Expr, start: Span| Expr { span: start.to(of.span), kind: ExprKind::Not(Box::new(of)) };
        Some(starts.into_iter().rev().fold(operand, negate))
    }

    fn comparison(&mut self, pair: Pair<'_>) -> Option<Expr> {
        let mut kids = Kids::of(pair);
        let left = self.expr(kids.next()?);
        if let Some(op) = kids.eat(Rule::cmp_op) {
            let operator = (comparison(op.as_str())?, self.span(&op));
            let right = self.expr(kids.next()?);
            return Some(binary(operator, left, right));
        }
        if kids.eats(Rule::k_is) {
            let negated = kids.eats(Rule::k_not);
            let what = self.next_word(&mut kids)?;
            let span = left.span.to(what.span);
            return Some(Expr { span, kind: ExprKind::Is { negated, of: Box::new(left), what } });
        }
        let negated = kids.eats(Rule::k_not);
        if kids.eats(Rule::k_in) {
            let list = self.expr(kids.next()?);
            let span = left.span.to(list.span);
            return Some(Expr { span, kind: ExprKind::In { negated, item: Box::new(left), list: Box::new(list) } });
        }
        Some(left)
    }

    /// `+ -` and, tighter, `* / %`: both levels stand in one rule.
    fn sum(&mut self, pair: Pair<'_>) -> Option<Expr> {
        let mut kids = Kids::of(pair);
        let mut product = self.unary(&mut kids)?;
        let mut total: Option<(Expr, Operator)> = None;
        while let Some(operator) = kids.next() {
            let place = self.span(&operator);
            let op = arithmetic(operator.as_str())?;
            let operand = self.unary(&mut kids)?;
            if operator.as_rule() == Rule::mul_op {
                product = binary((op, place), product, operand);
            } else {
                let left = close(total.take(), product);
                total = Some((left, (op, place)));
                product = operand;
            }
        }
        Some(close(total, product))
    }

    fn unary(&mut self, kids: &mut Kids<'_>) -> Option<Expr> {
        let minus = kids.eat(Rule::neg).map(|neg| self.span(&neg));
        let operand = self.expr(kids.next()?);
        Some(match minus {
            Some(start) => Expr { span: start.to(operand.span), kind: ExprKind::Negative(Box::new(operand)) },
            None => operand,
        })
    }

    fn postfix(&mut self, pair: Pair<'_>) -> Option<Expr> {
        let mut kids = Kids::of(pair);
        let mut of = self.expr(kids.next()?);
        for part in kids {
            let span = of.span.to(self.span(&part));
            let rule = part.as_rule();
            let mut inner = Kids::of(part);
            let kind = if rule == Rule::index {
                ExprKind::Index { of: Box::new(of), at: Box::new(self.expr(inner.next()?)) }
            } else {
                let name = self.next_word(&mut inner)?;
                let args = inner.next().map(|args| self.args(args));
                ExprKind::Member { of: Box::new(of), name, args }
            };
            of = Expr { span, kind };
        }
        Some(of)
    }

    /// `primary`: one thing, or a name with arguments.
    fn primary(&mut self, pair: Pair<'_>) -> Option<Expr> {
        let span = self.span(&pair);
        let mut kids = Kids::of(pair);
        let first = kids.next()?;
        let Some(args) = kids.eat(Rule::args) else { return self.operand(first) };
        let name = self.word(&first);
        Some(Expr { span, kind: ExprKind::Call { name, args: self.args(args) } })
    }

    fn operand(&mut self, pair: Pair<'_>) -> Option<Expr> {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::name => ExprKind::Name(pair.as_str().to_owned()),
            Rule::number => ExprKind::Number(pair.as_str().parse().ok()?),
            Rule::duration => ExprKind::Duration(self.time(&pair).millis),
            Rule::range => self.range(pair)?,
            Rule::string => ExprKind::Literal(self.literal(pair)),
            Rule::k_true => ExprKind::Flag(true),
            Rule::k_false => ExprKind::Flag(false),
            Rule::k_none => ExprKind::None,
            Rule::malformed => ExprKind::Bad,
            Rule::misplaced => ExprKind::Misplaced(Box::new(self.act(Kids::of(pair).next()?)?)),
            Rule::paren => return self.paren(pair),
            Rule::quant => self.quantified(pair)?,
            Rule::if_x => self.if_value(pair)?,
            Rule::list => self.list(pair)?,
            Rule::rec => ExprKind::Record(Kids::of(pair).map(|field| self.field_value(field)).collect::<Option<_>>()?),
            Rule::fixture_use => self.fixture_use(pair)?,
            _ => return None,
        };
        Some(Expr { span, kind })
    }

    fn range(&mut self, pair: Pair<'_>) -> Option<ExprKind> {
        let mut bounds = Kids::of(pair);
        let (low, high) = (bounds.next()?, bounds.next()?);
        Some(ExprKind::Range(self.bound(&low), self.bound(&high)))
    }

    fn if_value(&mut self, pair: Pair<'_>) -> Option<ExprKind> {
        let mut kids = Kids::of(pair);
        let condition = Box::new(self.expr(kids.next()?));
        let yes = Box::new(self.expr(kids.next()?));
        let no = Box::new(self.expr(kids.next()?));
        Some(ExprKind::If { condition, yes, no })
    }

    fn fixture_use(&mut self, pair: Pair<'_>) -> Option<ExprKind> {
        let mut kids = Kids::of(pair);
        let name = self.next_word(&mut kids)?;
        Some(ExprKind::Call { name, args: self.args(kids.next()?) })
    }

    /// `(x)` is `x`, with the parentheses in its span; `(a else b)` is a node of its own.
    fn paren(&mut self, pair: Pair<'_>) -> Option<Expr> {
        let span = self.span(&pair);
        let mut kids = Kids::of(pair);
        let value = self.expr(kids.next()?);
        let Some(otherwise) = kids.next() else { return Some(Expr { span, ..value }) };
        let otherwise = Box::new(self.expr(otherwise));
        Some(Expr { span, kind: ExprKind::Else { value: Box::new(value), otherwise } })
    }

    fn quantified(&mut self, pair: Pair<'_>) -> Option<ExprKind> {
        let mut kids = Kids::of(pair);
        let quantifier = match kids.next()?.as_rule() {
            Rule::k_any => Quantifier::Any,
            Rule::k_all => Quantifier::All,
            _ => Quantifier::First,
        };
        let (name, list, condition) = self.binding(&mut kids)?;
        Some(ExprKind::Quantified { quantifier, name, list: Box::new(list), condition: condition.map(Box::new) })
    }

    /// `x in L [where C]`.
    pub(super) fn binding(&mut self, kids: &mut Kids<'_>) -> Option<(Word, Expr, Option<Expr>)> {
        let name = self.next_word(kids)?;
        kids.eat(Rule::k_in)?;
        let list = self.expr(kids.next()?);
        let condition = if kids.eats(Rule::k_where) { Some(self.expr(kids.next()?)) } else { None };
        Some((name, list, condition))
    }

    fn list(&mut self, pair: Pair<'_>) -> Option<ExprKind> {
        let mut kids = Kids::of(pair);
        let Some(comprehension) = kids.eat(Rule::comprehension) else {
            return Some(ExprKind::List(kids.map(|element| self.expr(element)).collect()));
        };
        let mut kids = Kids::of(comprehension);
        let (name, list, condition) = self.binding(&mut kids)?;
        let value = Box::new(self.expr(kids.next()?));
        Some(ExprKind::Comprehension { name, list: Box::new(list), condition: condition.map(Box::new), value })
    }

    fn field_value(&mut self, pair: Pair<'_>) -> Option<TreePair> {
        let mut kids = Kids::of(pair);
        let key = kids.next()?;
        let name = if key.as_rule() == Rule::string {
            let span = self.span(&key);
            Word { text: self.literal(key).template(), span }
        } else {
            self.word(&key)
        };
        Some(TreePair { name, value: kids.next().map(|value| self.expr(value)) })
    }
}

fn binary((op, op_span): Operator, left: Expr, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    Expr { span, kind: ExprKind::Binary { op, op_span, left: Box::new(left), right: Box::new(right) } }
}

/// Adds the finished product to the sum before it.
fn close(total: Option<(Expr, Operator)>, product: Expr) -> Expr {
    match total {
        Some((left, operator)) => binary(operator, left, product),
        None => product,
    }
}

fn comparison(op: &str) -> Option<BinaryOp> {
    Some(match op {
        "==" => BinaryOp::Equal,
        "!=" => BinaryOp::NotEqual,
        "<" => BinaryOp::Less,
        "<=" => BinaryOp::LessEqual,
        ">" => BinaryOp::Greater,
        ">=" => BinaryOp::GreaterEqual,
        _ => return None,
    })
}

fn arithmetic(op: &str) -> Option<BinaryOp> {
    Some(match op {
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Subtract,
        "*" => BinaryOp::Multiply,
        "/" => BinaryOp::Divide,
        "%" => BinaryOp::Remainder,
        _ => return None,
    })
}
