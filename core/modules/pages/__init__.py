"""What people see of modules: the module page, its buttons, slots, cards and the page of a broken one."""
