//! Everything that stands in a flow, however deep, sorted by what it is.

use ivrc::syntax::tree::{
    Act, ActKind, Arm, Block, Case, Expr, ExprKind, Field, File, Happens, ItemKind, Literal, Otherwise, OutcomeArm,
    Param, PatternKind, Piece, ServiceOption, Source, SourceValue, Step, StepKind, Target, Text, Texts, Ty, TyKind,
};

#[derive(Debug, Default)]
pub(super) struct Pieces<'t> {
    pub(super) blocks: Vec<&'t Block>,
    pub(super) steps: Vec<&'t Step>,
    pub(super) acts: Vec<&'t Act>,
    pub(super) happens: Vec<&'t Happens>,
    /// What stands behind an `else`: of steps, of `let`, of rules.
    pub(super) otherwise: Vec<ivrc::source::Span>,
    /// The arms of each `menu` and `record`.
    pub(super) arms: Vec<&'t [Arm]>,
    pub(super) cases: Vec<&'t [Case]>,
    pub(super) outcomes: Vec<&'t [OutcomeArm]>,
    pub(super) targets: Vec<&'t Target>,
    pub(super) exprs: Vec<&'t Expr>,
    /// Of `if`, `where`, `admit` and arms.
    pub(super) conditions: Vec<&'t Expr>,
    pub(super) types: Vec<&'t Ty>,
    pub(super) fields: Vec<&'t [Field]>,
    pub(super) params: Vec<&'t [Param]>,
    /// Lists of arguments.
    pub(super) args: Vec<&'t [Expr]>,
    pub(super) texts: Vec<&'t Texts>,
    pub(super) literals: Vec<&'t Literal>,
}

impl<'t> Pieces<'t> {
    pub(super) fn of(file: &'t File) -> Self {
        let mut pieces = Self::default();
        file.items.iter().for_each(|item| pieces.item(&item.kind));
        pieces
    }

    fn item(&mut self, kind: &'t ItemKind) {
        match kind {
            ItemKind::Type { fields, .. } => self.fields(fields),
            ItemKind::Settings(settings) => {
                for setting in settings {
                    setting.ty.iter().for_each(|ty| self.ty(ty));
                    setting.default.iter().for_each(|expr| self.expr(expr));
                }
            }
            ItemKind::Phrases(phrases) => phrases.iter().for_each(|phrase| self.text(&phrase.text)),
            ItemKind::Music { steps, .. } => steps.iter().for_each(|step| self.step(step)),
            ItemKind::Service(service) => {
                self.expr(&service.base);
                service.options.iter().for_each(|option| self.option(option));
                for operation in &service.operations {
                    self.params(&operation.params);
                    self.literals.push(&operation.path);
                    operation.body.iter().for_each(|(_, expr)| self.expr(expr));
                    operation.gives.iter().for_each(|(_, ty)| self.ty(ty));
                    operation.options.iter().for_each(|option| self.option(option));
                }
            }
            ItemKind::Admit { condition, otherwise } => {
                self.condition(condition);
                self.otherwise(otherwise);
            }
            ItemKind::Anywhere { happens, .. } | ItemKind::On { happens, .. } => self.happens(happens),
            ItemKind::Query(query) => {
                self.params(&query.params);
                self.ty(&query.gives);
                self.block(&query.body);
            }
            ItemKind::Scene(scene) => {
                self.params(&scene.params);
                scene.gives.iter().for_each(|ty| self.ty(ty));
                self.block(&scene.body);
            }
            _ => {}
        }
    }

    fn option(&mut self, option: &'t ServiceOption) {
        match option {
            ServiceOption::Basic(user, password, _) => [user, password].into_iter().for_each(|expr| self.expr(expr)),
            ServiceOption::Bearer(expr, _) | ServiceOption::Means(_, expr) => self.expr(expr),
            ServiceOption::Header(name, value, _) => {
                self.literals.push(name);
                self.expr(value);
            }
            ServiceOption::Timeout(_) => {}
        }
    }

    fn params(&mut self, params: &'t [Param]) {
        self.params.push(params);
        for param in params {
            self.ty(&param.ty);
            param.default.iter().for_each(|expr| self.expr(expr));
        }
    }

    fn fields(&mut self, fields: &'t [Field]) {
        self.fields.push(fields);
        for field in fields {
            self.ty(&field.ty);
            field.default.iter().for_each(|expr| self.expr(expr));
        }
    }

    fn ty(&mut self, ty: &'t Ty) {
        self.types.push(ty);
        match &ty.kind {
            TyKind::Record(fields) => self.fields(fields),
            TyKind::Optional(of) | TyKind::Pending(of) | TyKind::List(of, _) => self.ty(of),
            _ => {}
        }
    }

    fn block(&mut self, block: &'t Block) {
        self.blocks.push(block);
        block.steps.iter().for_each(|step| self.step(step));
    }

    fn happens(&mut self, happens: &'t Happens) {
        self.happens.push(happens);
        self.block(&happens.body);
    }

    fn otherwise(&mut self, happens: &'t Happens) {
        self.otherwise.push(happens.span);
        self.happens(happens);
    }

    fn step(&mut self, step: &'t Step) {
        self.steps.push(step);
        match &step.kind {
            StepKind::Let { source, .. } => self.source(source),
            StepKind::Act { act, otherwise } => {
                self.act(act);
                otherwise.iter().for_each(|happens| self.otherwise(happens));
            }
            StepKind::Say(text) | StepKind::Give(text) => self.text(text),
            StepKind::Play(expr) | StepKind::Yield { value: expr, .. } => self.expr(expr),
            StepKind::If { condition, then, otherwise } => {
                self.condition(condition);
                self.happens(then);
                otherwise.iter().for_each(|happens| self.otherwise(happens));
            }
            StepKind::Match { subject, cases } => {
                self.expr(subject);
                self.cases.push(cases);
                for case in cases {
                    let patterns = case.patterns.iter();
                    self.literals.extend(patterns.filter_map(|pattern| match &pattern.kind {
                        PatternKind::Literal(literal) => Some(literal),
                        _ => None,
                    }));
                    self.happens(&case.happens);
                }
            }
            StepKind::For { list, condition, body, .. } => {
                self.expr(list);
                condition.iter().for_each(|condition| self.condition(condition));
                self.block(body);
            }
            StepKind::Goto(target) => self.target(target),
            StepKind::Return(expr) => expr.iter().for_each(|expr| self.expr(expr)),
            StepKind::HangUp { then } => then.iter().for_each(|block| self.block(block)),
            _ => {}
        }
    }

    fn source(&mut self, source: &'t Source) {
        match &source.value {
            SourceValue::Expr(expr) => self.expr(expr),
            SourceValue::Act(act) => self.act(act),
        }
        match source.otherwise.as_deref() {
            Some(Otherwise::Happens(happens)) => self.otherwise(happens),
            Some(Otherwise::Source(next)) => {
                self.otherwise.push(next.span);
                self.source(next);
            }
            None => {}
        }
    }

    fn target(&mut self, target: &'t Target) {
        self.targets.push(target);
        target.args.iter().for_each(|args| self.args(args));
    }

    fn args(&mut self, args: &'t [Expr]) {
        self.args.push(args);
        args.iter().for_each(|expr| self.expr(expr));
    }

    fn act(&mut self, act: &'t Act) {
        self.acts.push(act);
        match &act.kind {
            ActKind::Send { args, .. } => self.args(args),
            ActKind::Do(target) => self.target(target),
            ActKind::Menu(menu) => {
                self.text(&menu.text);
                menu.from.iter().for_each(|expr| self.expr(expr));
                self.arms(&menu.arms);
                menu.closing.iter().for_each(|text| self.text(text));
            }
            ActKind::Pick(pick) => {
                self.expr(&pick.list);
                let texts = std::iter::once(&pick.asking).chain(&pick.each).chain(&pick.alone);
                texts.for_each(|text| self.text(text));
            }
            ActKind::Record(record) => {
                self.text(&record.text);
                record.arms.iter().for_each(|arms| self.arms(arms));
            }
            ActKind::Wait(wait) => {
                self.expr(&wait.value);
                wait.body.iter().for_each(|block| self.block(block));
            }
            ActKind::Escalate(escalate) => {
                self.expr(&escalate.list);
                escalate.most.iter().for_each(|expr| self.expr(expr));
                let parts = escalate.caller_hears.iter().chain(&escalate.callee_hears);
                parts.for_each(|block| self.block(block));
                self.outcomes.push(&escalate.outcomes);
                escalate.outcomes.iter().for_each(|arm| self.happens(&arm.happens));
            }
            ActKind::Dial(dial) => {
                self.expr(&dial.number);
                self.literals.extend(&dial.keys);
            }
            ActKind::Enter => {}
        }
    }

    fn arms(&mut self, arms: &'t [Arm]) {
        self.arms.push(arms);
        for arm in arms {
            arm.label.iter().for_each(|text| self.text(text));
            arm.condition.iter().for_each(|condition| self.condition(condition));
            self.happens(&arm.happens);
        }
    }

    fn text(&mut self, text: &'t Text) {
        match text {
            Text::Texts(texts) => self.words(texts),
            Text::Variants(variants, _) => variants.iter().for_each(|(_, texts)| self.words(texts)),
            Text::Expr(expr) => self.expr(expr),
        }
    }

    fn words(&mut self, texts: &'t Texts) {
        self.texts.push(texts);
        self.literals.extend(&texts.tries);
    }

    fn condition(&mut self, condition: &'t Expr) {
        self.conditions.push(condition);
        self.expr(condition);
    }

    fn expr(&mut self, expr: &'t Expr) {
        self.exprs.push(expr);
        match &expr.kind {
            ExprKind::Literal(literal) => self.literals.push(literal),
            ExprKind::Call { args, .. } => self.args(args),
            ExprKind::Member { of, args, .. } => {
                self.expr(of);
                args.iter().for_each(|args| self.args(args));
            }
            ExprKind::Index { of, at } => [of, at].into_iter().for_each(|expr| self.expr(expr)),
            ExprKind::Not(of) | ExprKind::Negative(of) | ExprKind::Is { of, .. } => self.expr(of),
            ExprKind::Binary { left: a, right: b, .. }
            | ExprKind::In { item: a, list: b, .. }
            | ExprKind::Else { value: a, otherwise: b } => [a, b].into_iter().for_each(|expr| self.expr(expr)),
            ExprKind::If { condition, yes, no } => {
                self.conditions.push(condition);
                [condition, yes, no].into_iter().for_each(|expr| self.expr(expr));
            }
            ExprKind::Quantified { list, condition, .. } => {
                self.conditions.extend(condition.as_deref());
                std::iter::once(list).chain(condition).for_each(|expr| self.expr(expr));
            }
            ExprKind::Comprehension { list, condition, value, .. } => {
                self.conditions.extend(condition.as_deref());
                std::iter::once(list).chain(condition).chain([value]).for_each(|expr| self.expr(expr));
            }
            ExprKind::List(elements) => elements.iter().for_each(|expr| self.expr(expr)),
            ExprKind::Record(pairs) => pairs.iter().filter_map(|pair| pair.value.as_ref()).for_each(|e| self.expr(e)),
            _ => {}
        }
    }

    /// Slots with their places.
    pub(super) fn slots(&self) -> impl Iterator<Item = (&'t str, ivrc::source::Span)> {
        let pieces = self.literals.iter().flat_map(|literal| &literal.pieces);
        pieces.filter_map(|piece| match piece {
            Piece::Slot { inner, span } => Some((inner.as_str(), *span)),
            Piece::Chars { .. } => None,
        })
    }
}
