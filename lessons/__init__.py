"""What is taught: lessons as data, the actions a learner takes, checks that judge only what actions left behind."""
