"""The lives of the module's cases as data: need, order to a bureau, joint meeting, supervision, hand-over."""
