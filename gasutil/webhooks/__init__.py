"""How another system is told by HTTP: where one may go, what is signed with, and one POST. Who is told what is `notify`'s to say."""
