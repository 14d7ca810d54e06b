// Entry of every npm script. Runs on any Node >= 20 with nothing installed: brings the dependencies and the pinned Node, then hands over to the task.
