"""Who the work is about: bureaus and their people, enterprises and their register."""
