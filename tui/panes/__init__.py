"""The lab's panes: one file each. A pane shows a View, and asks for actions by posting `Perform`."""
